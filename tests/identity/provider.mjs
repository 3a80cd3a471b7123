// A real provider of identities (the certified oidc-provider) on this machine, for tests. It signs in whom the page
// `/person` names, without asking. Arguments: folder with node_modules, port, file with the private keys.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, port, keys] = process.argv.slice(2);
const at = createRequire(`${folder}/package.json`).resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(at));

let person = { sub: 'nobody' };
const issuer = `http://127.0.0.1:${port}`;
const claims = ['sub', 'name', 'preferred_username', 'roles', 'auth_time'];
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'boardpapers', client_secret: 'a secret of the tests', token_endpoint_auth_method: 'client_secret_post',
    redirect_uris: ['http://127.0.0.1:8000/sign-in/identity/back'],
  }],
  jwks: JSON.parse(readFileSync(keys, 'utf8')),
  claims: { openid: claims },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['cookies of the tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: 'boardpapers', accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});
const serve = provider.callback();

createServer(async (request, response) => {
  if (request.url === '/person') {
    let said = '';
    for await (const part of request) said += part;
    person = JSON.parse(said);
    response.end();
  } else if (request.url.startsWith('/interaction/')) {
    await provider.interactionFinished(request, response, { login: { accountId: person.sub, ts: person.ts } });
  } else serve(request, response);
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
