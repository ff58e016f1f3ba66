// The line to the playground: one WebSocket, opened again when it breaks.

const AGAIN_MS = 1000;
const PATIENCE_MS = 10000;

export class Socket {
  /** `receive(event)` gets every event; `linked(isOpen)` says whether the line stands. */
  constructor({ receive, linked }) {
    this.receive = receive;
    this.linked = linked;
    this.waiting = new Map();
    this.nonce = 0;
    this.open();
  }

  open() {
    this.socket = new WebSocket(`ws://${location.host}/ws`);
    this.socket.addEventListener("open", () => this.linked(true));
    this.socket.addEventListener("message", (frame) => this.take(JSON.parse(frame.data)));
    this.socket.addEventListener("close", () => {
      this.linked(false);
      for (const done of this.waiting.values()) done({ type: "failed", text: "The playground is not running any more." });
      this.waiting.clear();
      setTimeout(() => this.open(), AGAIN_MS);
    });
  }

  take(event) {
    const done = this.waiting.get(event.nonce);
    if (done) {
      this.waiting.delete(event.nonce);
      done(event);
    }
    if (!["done", "failed", "choices", "created"].includes(event.type)) this.receive(event);
  }

  /** Send an action; resolves with the event that answers it. */
  ask(action) {
    const nonce = String((this.nonce += 1));
    if (this.socket.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ type: "failed", nonce, text: "The playground is not running any more." });
    }
    return new Promise((resolve) => {
      this.waiting.set(nonce, resolve);
      setTimeout(() => {
        if (this.waiting.delete(nonce)) resolve({ type: "failed", nonce, text: "There was no answer." });
      }, PATIENCE_MS);
      this.socket.send(JSON.stringify({ ...action, nonce }));
    });
  }
}
