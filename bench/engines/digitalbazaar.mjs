// SPDX-License-Identifier: Apache-2.0
// @digitalbazaar/vc with eddsa-rdfc-2022, over the same documents.
//   node digitalbazaar.mjs FOLDER FIXTURE OPERATION COUNT WARM-UP
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {issued, surroundings, verified} from '../peers/library.mjs';

const [folder, fixture, operation, count, warmUp] = process.argv.slice(2);
await surroundings(folder);
const name = operation === 'verify' ? `${fixture}.signed.json` : `${fixture}.json`;
const texts = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
const work = operation === 'verify' ? verified : issued;

const first = JSON.parse(await work(texts[0]));
const value = typeof first === 'string' ? first : first.proof.proofValue;
const digest = createHash('sha256').update(value).digest('hex');
for(let i = 0; i < Number(warmUp); ++i) {
  await work(texts[i % texts.length]);
}
const wall = process.hrtime.bigint();
const cpu = process.cpuUsage();
for(let i = 0; i < Number(count); ++i) {
  await work(texts[i % texts.length]);
}
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({
  count: Number(count), wall: Number(process.hrtime.bigint() - wall) / 1e9, cpu: (used.user + used.system) / 1e6,
  digest
}));
