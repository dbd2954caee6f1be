// SPDX-License-Identifier: Apache-2.0
// @digitalbazaar/vc as its documentation says to use it, with every document at hand and nothing fetched.
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {readFileSync} from 'node:fs';

let known;
let signing;
const checking = new DataIntegrityProof({cryptosuite});

export async function surroundings(folder) {
  known = JSON.parse(readFileSync(`${folder}/surroundings.json`, 'utf8'));
  const key = await Ed25519Multikey.from(known.method);
  signing = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: known.created});
}

async function documentLoader(url) {
  const [bare, fragment] = url.split('#');
  const document = known.documents[url] ?? (fragment ? part(known.documents[bare], url) : undefined);
  if(!document) {
    throw new Error(`not among the documents: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

function part(document, url) {
  const found = document?.verificationMethod?.find(method => method.id === url);
  return found && {'@context': 'https://w3id.org/security/multikey/v1', ...found};
}

export async function issued(text) {
  const credential = JSON.parse(text);
  return JSON.stringify(await vc.issue({credential, suite: signing, now: known.now, documentLoader}));
}

export async function result(credential) {
  return vc.verifyCredential({
    credential, suite: checking, now: known.now, documentLoader,
    // The status list is on the network, which is left out for everybody.
    checkStatus: async () => ({verified: true})
  });
}

export async function verified(text) {
  const answer = await result(JSON.parse(text));
  if(!answer.verified) {
    throw new Error(`a fixture does not verify: ${JSON.stringify(answer.error?.errors?.map(String))}`);
  }
  return '"verified"';
}
