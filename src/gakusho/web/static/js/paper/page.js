// SPDX-License-Identifier: Apache-2.0
// The page for codes on paper: a picture or the camera goes in, the signed values come out beside what to look
// at. Nothing leaves the browser until a person asks the server.
import { checked, isCode, KEYS_LAST_DAYS } from "./code.js";
import { drawn, offered } from "./answer.js";
import { cameraIn, hasCameras, whyNot } from "./camera.js";

const MAX_PIXELS = 16_000_000;
// A picture is looked at as it came, then smaller and larger: a code of few dots is read when they fall otherwise.
const SIZES = [1, 0.8, 1.5];
const place = document.querySelector("[data-paper]");
const data = JSON.parse(document.querySelector("[data-paper-data]").textContent);
const part = (name) => place.querySelector(`[data-paper-${name}]`);
const { tables, words, language } = data;
const said = part("said");
let reader = null;
let closeCamera = () => {};

const say = (key, values = {}) => {
  said.textContent = key ? Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key]) : "";
};

const day = (moment) => new Intl.DateTimeFormat(language === "ja" ? "ja-JP" : "en-GB", { dateStyle: "long" }).format(new Date(moment));

const theReader = async () => {
  if (!reader) {
    const { prepareZXingModule, readBarcodes } = await import(data.reader.module);
    prepareZXingModule({ overrides: { locateFile: () => data.reader.binary } });
    reader = async (pixels) => (await readBarcodes(pixels, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 8 })).map((code) => code.text);
  }
  return reader;
};

const theKeys = async () => {
  const answer = await fetch(data.keys, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const pixels = (source, width, height) => {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
};

const judge = async (text) => {
  let directory;
  try { directory = await theKeys(); } catch { directory = { asOf: "1970-01-01T00:00:00Z", issuers: {} }; }
  const found = await checked(text, { tables, directory, now: new Date() });
  const answer = part("answer");
  answer.replaceChildren(...drawn(found, { text, words, language, kinds: data.kinds, directory, day, days: KEYS_LAST_DAYS }));
  answer.hidden = false;
  say("");
  answer.focus();
};

// Gives the one code among the texts; says why there is none.
const chosen = (texts) => {
  const codes = [...new Set(texts.filter((text) => isCode(text, tables)))];
  if (codes.length === 1) return codes[0];
  if (codes.length || !texts.length) say(codes.length ? "said.several" : "said.none");
  else offer(texts);
  return null;
};

// Another code, such as the one with a link beside a signed one: a person decides whether the server sees it. Drawn
// once, for the camera sees it again and again while somebody is about to press the button.
let shown = null;
const offer = (texts) => {
  const text = texts.find((one) => /^https?:/i.test(one)) ?? texts[0];
  const answer = part("answer");
  if (text === shown && !answer.hidden) return;
  shown = text;
  answer.replaceChildren(...offered(text, words));
  answer.hidden = false;
  say("said.other");
};

// Where the browser cannot do it (an old one, no WebAssembly), the server can: the form is as it came.
const givenUp = () => {
  place.dataset.kept = "no";
  part("plain").hidden = false;
  say("said.failed");
};

const lookAt = (file) => { closeCamera(); return lookedAt(file).catch(givenUp); };

const lookedAt = async (file) => {
  say("said.reading");
  part("answer").hidden = true;
  let bitmap;
  try { bitmap = await createImageBitmap(file); } catch { say("said.no_picture"); return; }
  const texts = new Set();
  for (const size of SIZES) {
    for (const text of await (await theReader())(pixels(bitmap, bitmap.width * size, bitmap.height * size))) texts.add(text);
    if ([...texts].some((text) => isCode(text, tables))) break;
  }
  const text = chosen([...texts]);
  if (text) await judge(text);
  else if (!part("answer").hidden) part("answer").focus();
};

const startCamera = () => {
  const button = part("camera"), scan = part("scan"), video = part("video");
  const camera = cameraIn(video);
  const close = () => { camera.stop(); scan.hidden = true; button.hidden = false; };
  const leave = (key) => { close(); say(key); };
  const look = async (running) => {
    const texts = await (await theReader())(pixels(video, video.videoWidth, video.videoHeight));
    if (!running()) return true;
    if (!texts.some((text) => isCode(text, tables))) {
      if (texts.length) offer(texts);
      return false;
    }
    close();
    const text = chosen(texts);
    if (text) await judge(text);
    return true;
  };
  const open = async () => {
    const opened = () => { scan.hidden = false; button.hidden = true; part("answer").hidden = true; say("said.hold"); part("stop").focus(); };
    try {
      await camera.start(opened, (running) => look(running).catch(() => { close(); givenUp(); return true; }), () => leave("said.camera_failed"));
    } catch (error) { leave(whyNot(error)); }
  };
  closeCamera = close;
  button.hidden = false;
  button.addEventListener("click", open);
  part("stop").addEventListener("click", () => { leave(""); button.focus(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && !scan.hidden) leave(""); });
  if (location.hash === "#camera") open();
};

const start = () => {
  const form = part("form");
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    if (!part("plain").hidden) return;
    event.preventDefault();
    if (input.files.length) lookAt(input.files[0]);
  });
  part("plain").hidden = true;
  input.addEventListener("change", () => { if (input.files.length) lookAt(input.files[0]); });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) lookAt(event.dataTransfer.files[0]);
  });
  if (hasCameras()) startCamera();
  else if (location.hash === "#camera") say("said.no_camera");
};

const keep = async () => {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(data.worker, { scope: location.pathname });
  await navigator.serviceWorker.ready;
  const directory = await theKeys();
  part("kept").textContent = words.kept.replace("{day}", day(directory.asOf));
  place.dataset.kept = "yes";
};

if (data.reader) {
  start();
  keep().catch(() => {});
}
