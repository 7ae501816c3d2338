/** A client that shows the frames as they come. */
import { WebSocket } from 'ws';
import { ANON_KEY, type Node } from './harness.ts';

export interface Frame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: frames are what a test looks into
  readonly payload: any;
}

export class RawClient {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;
  #waiting: { wanted: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];
  #ref = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return;
      const [joinRef, ref, topic, event, payload] = JSON.parse(data.toString());
      const frame = { joinRef, ref, topic, event, payload };
      this.frames.push(frame);
      for (const each of this.#waiting.filter(({ wanted }) => wanted(frame))) each.resolve(frame);
      this.#waiting = this.#waiting.filter(({ wanted }) => !wanted(frame));
    });
  }

  static async connect({ port }: Node, key = ANON_KEY): Promise<RawClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/realtime/v1/websocket?apikey=${key}&vsn=2.0.0`);
    const client = new RawClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Sends a message and gives the reply. */
  push(topic: string, event: string, payload: unknown, joinRef: string | null = null): Promise<Frame> {
    const ref = String(++this.#ref);
    const reply = this.next((frame) => frame.event === 'phx_reply' && frame.ref === ref);
    this.socket.send(JSON.stringify([event === 'phx_join' ? ref : joinRef, ref, topic, event, payload]));
    return reply;
  }

  join(topic: string, config: Record<string, unknown> = {}, accessToken?: string): Promise<Frame> {
    return this.push(`realtime:${topic}`, 'phx_join', {
      config: { presence: { enabled: false }, ...config },
      ...(accessToken && { access_token: accessToken }),
    });
  }

  /** The next frame that is wanted, or the first that has come already. */
  next(wanted: (frame: Frame) => boolean): Promise<Frame> {
    const known = this.frames.find(wanted);
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
  }

  change(wanted: (data: Frame['payload']['data']) => boolean): Promise<Frame> {
    return this.next((frame) => frame.event === 'postgres_changes' && wanted(frame.payload.data));
  }

  close(): void {
    this.socket.terminate();
  }
}
