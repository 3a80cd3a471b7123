// Makes the assets of the web pages: `node build.mjs TARGET` writes every entry point of src/ into the folder TARGET,
// each under a name with a fingerprint of its content, and manifest.json, which says which name each has.

import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import * as sass from 'sass'

const HERE = fileURLToPath(new URL('.', import.meta.url))

const SCRIPTS = ['site.js', 'editor.js', 'preview.js']
const STYLES = ['site.scss', 'editor.scss', 'preview.scss', 'print.scss']
const FILES = ['favicon.svg']

const BROWSERS = ['chrome109', 'edge109', 'firefox115', 'safari15.6']

const target = process.argv[2]
mkdirSync(target, { recursive: true })
const manifest = {}

for (const [name, content] of [...scripts(), ...styles(), ...files()]) {
  const fingerprint = createHash('sha256').update(content).digest('hex').slice(0, 12)
  const kind = extname(name)
  manifest[name] = `${basename(name, kind)}-${fingerprint}${kind}`
  writeFileSync(join(target, manifest[name]), content)
}
writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')

// One file for each entry point: pages load one or two, and nothing waits for a second journey.
function scripts () {
  const built = esbuild.buildSync({
    absWorkingDir: HERE,
    entryPoints: SCRIPTS.map(name => join('src', name)),
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: BROWSERS,
    legalComments: 'inline',
    logLevel: 'error'
  })
  return built.outputFiles.map(file => [basename(file.path), Buffer.from(file.contents)])
}

function styles () {
  return STYLES.map(name => {
    const compiled = sass.compile(join(HERE, 'src', name), {
      loadPaths: [HERE, join(HERE, 'node_modules')],
      style: 'compressed',
      quietDeps: true
    })
    const prefixed = esbuild.transformSync(compiled.css, { loader: 'css', minify: true, target: BROWSERS })
    return [name.replace(/scss$/, 'css'), Buffer.from(prefixed.code)]
  })
}

function files () {
  return FILES.map(name => [name, readFileSync(join(HERE, 'src', name))])
}
