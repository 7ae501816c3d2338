import { textFrame } from '../socket/frames.ts';
import { messageText, type Version } from '../socket/serialiser.ts';
import { type Broadcast, broadcastFrame } from './broadcast.ts';
import { type Presence, PresenceList } from './presence.ts';

/** What a room needs of the channels in it. */
export interface Member {
  readonly version: Version;
  readonly seesBroadcasts: boolean;
  readonly seesPresence: boolean;
  /** Writes a whole WebSocket frame. */
  write(frame: Buffer): void;
}

/** Everyone on one topic. Public and private channels of one name are different rooms. */
export class Room {
  readonly key: string;
  /** As on the wire, `realtime:` in front. */
  readonly topic: string;
  readonly subTopic: string;
  readonly members = new Set<Member>();
  readonly presences = new PresenceList();
  #diffScheduled = false;

  /** `key` as of `roomKey`. */
  constructor(key: string) {
    this.key = key;
    this.subTopic = key.slice(key.indexOf(':') + 1);
    this.topic = `realtime:${this.subTopic}`;
  }

  get empty(): boolean {
    return this.members.size === 0 && this.presences.size === 0 && !this.presences.changed;
  }

  /** Sends to every member but `except`; the frame is made once for each version. Returns how many got it. */
  send(broadcast: Broadcast, except?: Member): number {
    const frames: (Buffer | undefined)[] = [];
    let sent = 0;
    for (const member of this.members) {
      if (member === except || !member.seesBroadcasts) continue;
      const { version } = member;
      if (!(version in frames)) frames[version] = broadcastFrame(version, this.topic, broadcast);
      const frame = frames[version];
      if (!frame) continue;
      member.write(frame);
      sent++;
    }
    return sent;
  }

  enter(presence: Presence): void {
    this.presences.add(presence);
    this.#scheduleDiff();
  }

  leave(ref: string): void {
    this.presences.remove(ref);
    this.#scheduleDiff();
  }

  /** What happens in one turn goes out as one diff: a crowd that leaves at once costs each one message. */
  #scheduleDiff(): void {
    if (this.#diffScheduled) return;
    this.#diffScheduled = true;
    setImmediate(() => {
      this.#diffScheduled = false;
      this.sendDiff();
    });
  }

  sendDiff(): void {
    if (!this.presences.changed) return;
    const payload = JSON.stringify(this.presences.takeDiff());
    const frames: Buffer[] = [];
    for (const member of this.members) {
      if (!member.seesPresence) continue;
      const envelope = { topic: this.topic, event: 'presence_diff' };
      frames[member.version] ??= textFrame(messageText(member.version, envelope, payload));
      member.write(frames[member.version]!);
    }
  }
}

export function roomKey(subTopic: string, isPrivate: boolean): string {
  return `${isPrivate ? 'private' : 'public'}:${subTopic}`;
}

/** The rooms of this process. A room is there while somebody is in it. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  find(key: string): Room | undefined {
    return this.#rooms.get(key);
  }

  obtain(key: string): Room {
    const known = this.#rooms.get(key);
    if (known) return known;
    const room = new Room(key);
    this.#rooms.set(key, room);
    return room;
  }

  release(room: Room): void {
    if (room.empty) this.#rooms.delete(room.key);
  }

  all(): Iterable<Room> {
    return this.#rooms.values();
  }
}
