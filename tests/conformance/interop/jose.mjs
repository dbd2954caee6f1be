// SPDX-License-Identifier: Apache-2.0
// Signs and checks tokens with the library jose, and SD-JWT VC with the library sd-jwt, offline.
//   in:  {"do": "check", "token": "…", "key": {JWK}}             out: {"header": {…}, "claims": {…}}
//        {"do": "sign", "claims": {…}, "header": {…}, "key": {JWK}}   out: {"token": "…"}
//        {"do": "check-parts", "token": "…", "key": {JWK}, "nonce"?: "…"}
//                                                     out: {"claims": {…}, "binding": {…} or null}
//        {"do": "sign-parts", "claims": {…}, "parts": [name…], "header": {…}, "key": {JWK}}
//        {"do": "show", "token": "…", "parts": [name…], "binding": {…}, "holder": {JWK}}
import {createHash, randomBytes, webcrypto} from 'node:crypto';
import {CompactSign, compactVerify, importJWK} from 'jose';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {answer, readInput} from './_offline.mjs';

const {subtle} = webcrypto;
const bytes = text => new TextEncoder().encode(text);
const kinds = {
  EC: {alg: 'ES256', imported: {name: 'ECDSA', namedCurve: 'P-256'}, used: {name: 'ECDSA', hash: 'SHA-256'}},
  RSA: {alg: 'RS256'},
  OKP: {alg: 'EdDSA', imported: {name: 'Ed25519'}, used: {name: 'Ed25519'}}
};
const open = ({d, ...key}) => key;
const verifier = jwk => async (data, signature) => subtle.verify(
  kinds[jwk.kty].used, await subtle.importKey('jwk', open(jwk), kinds[jwk.kty].imported, false, ['verify']),
  Buffer.from(signature, 'base64url'), bytes(data));
const signer = jwk => async data => Buffer.from(await subtle.sign(
  kinds[jwk.kty].used, await subtle.importKey('jwk', jwk, kinds[jwk.kty].imported, false, ['sign']),
  bytes(data))).toString('base64url');
const hasher = (data, name) => createHash(name.replace('-', '')).update(data).digest();
const common = {hasher, hashAlg: 'sha-256', saltGenerator: () => randomBytes(16).toString('base64url')};

const asked = readInput();
const key = asked.key;
switch(asked.do) {
  case 'check': {
    const {payload, protectedHeader} = await compactVerify(asked.token, await importJWK(key, kinds[key.kty].alg));
    answer({header: protectedHeader, claims: JSON.parse(new TextDecoder().decode(payload))});
    break;
  }
  case 'sign': {
    const alg = kinds[key.kty].alg;
    const token = await new CompactSign(bytes(JSON.stringify(asked.claims)))
      .setProtectedHeader({alg, ...asked.header}).sign(await importJWK(key, alg));
    answer({token});
    break;
  }
  case 'check-parts': {
    const library = new SDJwtVcInstance({
      ...common,
      verifier: verifier(key),
      kbVerifier: (data, signature, payload) => verifier(payload.cnf.jwk)(data, signature)
    });
    const found = await library.verify(asked.token, asked.nonce ? {keyBindingNonce: asked.nonce} : {});
    answer({claims: found.payload, binding: found.kb?.payload ?? null});
    break;
  }
  case 'sign-parts': {
    const library = new SDJwtVcInstance({...common, signer: signer(key), signAlg: kinds[key.kty].alg});
    answer({token: await library.issue(asked.claims, {_sd: asked.parts}, {header: asked.header})});
    break;
  }
  case 'show': {
    const library = new SDJwtVcInstance({
      ...common, kbSigner: signer(asked.holder), kbSignAlg: kinds[asked.holder.kty].alg
    });
    const frame = Object.fromEntries(asked.parts.map(name => [name, true]));
    answer({token: await library.present(asked.token, frame, {kb: {payload: asked.binding}})});
    break;
  }
}
