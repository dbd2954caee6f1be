// SPDX-License-Identifier: Apache-2.0
// The camera. However it ends, by an answer, a button, a refusal or another page, its tracks are stopped, so that
// its light goes out.
const WANTED = { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1440 } };
const PAUSE = 200; // milliseconds between two looks
const REASONS = { NotAllowedError: "said.refused", NotFoundError: "said.no_camera" };

// Gives the key of the sentence that says why there is no camera, and what to do.
export const whyNot = (error) => REASONS[error?.name] ?? "said.camera_failed";

export const hasCameras = () => Boolean(navigator.mediaDevices?.getUserMedia);

const ended = (stream) => {
  for (const track of stream?.getTracks() ?? []) track.stop();
};

// Gives a camera whose picture is shown in `video`. What is awaited may come after it was stopped: `turn` tells.
export const cameraIn = (video) => {
  let stream = null;
  let turn = 0;
  const stop = () => {
    turn += 1;
    ended(stream);
    stream = null;
    video.srcObject = null;
  };
  // Calls `shown` once there is a picture, and `look` again and again until it is content or the camera stopped.
  const start = async (shown, look, lost) => {
    stop();
    const mine = turn;
    const given = await navigator.mediaDevices.getUserMedia({ video: WANTED });
    if (mine !== turn) { ended(given); return; }
    stream = given;
    for (const track of given.getTracks()) track.addEventListener("ended", () => { if (mine === turn) lost(); });
    shown();
    video.srcObject = given;
    try { await video.play(); } catch (error) { if (mine === turn) throw error; }
    while (mine === turn) {
      if (video.videoWidth && await look(() => mine === turn)) return;
      await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    }
  };
  return { start, stop };
};
