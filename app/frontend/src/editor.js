// The narrative editor: loaded only by pages that have one.
