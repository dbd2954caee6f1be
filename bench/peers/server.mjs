// SPDX-License-Identifier: Apache-2.0
// POST /vc-api/credentials/verify by express and @digitalbazaar/vc.
//   node server.mjs FOLDER PORT
import express from 'express';
import {result, surroundings} from './library.mjs';

const [folder, port] = process.argv.slice(2);
await surroundings(folder);
const app = express();
app.use(express.json({limit: '1mb'}));
app.post('/vc-api/credentials/verify', async (request, response) => {
  const answer = await result(request.body.verifiableCredential);
  response.status(answer.verified ? 200 : 400).json({verified: answer.verified});
});
app.listen(Number(port), '127.0.0.1', () => console.log('ready'));
