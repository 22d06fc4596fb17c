// Long work in short tasks, so that the browser can answer to a person in between.

const LONGEST_MS = 8;
const waiting = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()();
let since = 0;

// Go on in the next task; unlike a frame or a timer it comes in a hidden tab as well, and at once.
// Where the browser knows of urgency, it comes before a page that is still being put together, and
// after what a person does.
export function nextTask() {
  return soon().then(() => { since = performance.now(); });
}

function soon() {
  const { scheduler } = globalThis;
  if (scheduler?.postTask) return scheduler.postTask(() => {}, { priority: "user-blocking" });
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

// The same where the task at hand has taken long already.
export function breathe() {
  return performance.now() - since > LONGEST_MS ? nextTask() : null;
}
