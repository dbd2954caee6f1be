// SPDX-License-Identifier: Apache-2.0
// Gives documents from a map only; anything else is an error, so nothing is fetched.
import {readFileSync} from 'node:fs';

export function readInput() {
  return JSON.parse(readFileSync(process.argv[2] ?? 0, 'utf8'));
}

export function loader(documents) {
  return async url => {
    const bare = url.split('#')[0];
    const found = documents[url] ?? fragment(documents[bare], url) ?? documents[bare];
    if(!found) {
      throw new Error(`not among the documents: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document: found};
  };
}

function fragment(document, url) {
  if(!document || !url.includes('#')) {
    return undefined;
  }
  const found = (document.verificationMethod ?? []).find(method => method.id === url);
  return found && {'@context': 'https://w3id.org/security/multikey/v1', ...found};
}

export function answer(value) {
  process.stdout.write(JSON.stringify(value, (_, part) =>
    part instanceof Error ? {name: part.name, message: part.message, errors: part.errors} : part));
}
