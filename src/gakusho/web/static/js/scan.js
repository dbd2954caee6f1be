// SPDX-License-Identifier: Apache-2.0
// Reads a QR code from the camera or from a picture, where the browser itself can; what it says goes into the box.
const form = document.querySelector("[data-verify-box]");
const camera = document.querySelector("[data-scan-camera]");
const image = document.querySelector("[data-scan-image]");
const place = document.querySelector("[data-scan]");

const detector = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const kinds = await BarcodeDetector.getSupportedFormats();
  return kinds.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
};

const found = (text) => {
  form.elements.text.value = text;
  form.requestSubmit();
};

const start = (qr) => {
  const words = place.querySelector("[data-scan-words]");
  const video = place.querySelector("[data-scan-video]");
  let stream = null;
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    place.hidden = true;
    camera.focus();
  };
  place.querySelector("[data-scan-stop]").addEventListener("click", stop);
  const look = async () => {
    if (!stream) return;
    const codes = await qr.detect(video).catch(() => []);
    if (codes.length) { const text = codes[0].rawValue; stop(); found(text); return; }
    setTimeout(look, 250);
  };
  camera.hidden = !navigator.mediaDevices?.getUserMedia;
  camera.addEventListener("click", async () => {
    place.hidden = false;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      await video.play();
      look();
    } catch { words.textContent = place.dataset.refused; }
  });
  image.hidden = false;
  image.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const codes = await createImageBitmap(file).then((bitmap) => qr.detect(bitmap)).catch(() => []);
    if (codes.length) { found(codes[0].rawValue); return; }
    place.hidden = false;
    words.textContent = place.dataset.none;
  });
};

if (form && camera && image && place) {
  const qr = await detector().catch(() => null);
  if (qr) start(qr);
}
