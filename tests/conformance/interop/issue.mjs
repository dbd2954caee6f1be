// SPDX-License-Identifier: Apache-2.0
// Issues a credential with Digital Bazaar's implementation, offline.
//   in:  {"credential": {…}, "documents": {url: document}, "controller": "did:web:…", "now": "2026-04-01T00:00:00Z"}
//   out: {"credential": {…, "proof": {…}}, "method": {…}} with a new key, named in the method
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {answer, loader, readInput} from './_offline.mjs';

const {credential, documents, controller, now} = readInput();
const key = await Ed25519Multikey.generate({controller, id: `${controller}#key-1`});
const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: now});
const signed = await vc.issue({credential, suite, now, documentLoader: loader(documents)});
answer({credential: signed, method: await key.export({publicKey: true})});
