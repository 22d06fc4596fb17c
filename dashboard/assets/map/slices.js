// Long work in short tasks, so that the browser can answer to a person in between.

const LONGEST_MS = 8;
const waiting = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()();
let since = 0;

// Go on in the next task; unlike a frame or a timer it comes in a hidden tab as well, and at once.
export function nextTask() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  }).then(() => { since = performance.now(); });
}

// The same where the task at hand has taken long already.
export function breathe() {
  return performance.now() - since > LONGEST_MS ? nextTask() : null;
}
