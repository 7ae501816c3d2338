import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { AwsClient } from 'aws4fetch';
import type { BlobLocation } from '../types.ts';
import { type BlobName, type BlobStore, type ByteRange, isBlobName, type StoredBlob } from './blob-store.ts';

type S3Location = Extract<BlobLocation, { kind: 's3' }>;

/** Blobs as objects of one S3 bucket, under their hash. The hash is what SigV4 signs too, so S3 checks the bytes as they arrive. */
export class S3Blobs implements BlobStore {
  readonly kind = 's3';
  readonly #location: S3Location;
  readonly #client: AwsClient;

  constructor(location: S3Location) {
    const { region, accessKeyId, secretAccessKey } = location;
    this.#location = location;
    this.#client = new AwsClient({ service: 's3', region, accessKeyId, secretAccessKey, retries: 3 });
  }

  async prepare(name: BlobName, size: number, file: string): Promise<void> {
    if ((await this.stat(name))?.size !== size) await this.#put(name, size, file);
  }

  /** Sends the bytes again if the collector was quicker. */
  async adopt(name: BlobName, size: number, file: string): Promise<void> {
    await this.prepare(name, size, file);
  }

  async #put(name: BlobName, size: number, file: string): Promise<void> {
    const headers = {
      'content-length': String(size),
      'x-amz-content-sha256': name,
      'content-type': 'application/octet-stream',
    };
    const signed = await this.#client.sign(this.#urlOf(name), { method: 'PUT', headers });
    const body = size === 0 ? '' : Readable.toWeb(createReadStream(file));
    const init = { method: 'PUT', headers: signed.headers, body, duplex: 'half' } as RequestInit;
    await accepted(await fetch(signed.url, init));
  }

  async stat(name: BlobName): Promise<StoredBlob | undefined> {
    const answer = await this.#client.fetch(this.#urlOf(name), { method: 'HEAD' });
    if (answer.status === 404) return undefined;
    await accepted(answer);
    return { name, size: Number(answer.headers.get('content-length')) };
  }

  async open(name: BlobName, range?: ByteRange): Promise<Readable | undefined> {
    const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${range.end}` } : {};
    const answer = await this.#client.fetch(this.#urlOf(name), { headers });
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    if (!answer.ok) await accepted(answer);
    return answer.body ? Readable.fromWeb(answer.body as never) : Readable.from([]);
  }

  async remove(name: BlobName): Promise<void> {
    const answer = await this.#client.fetch(this.#urlOf(name), { method: 'DELETE' });
    if (answer.status !== 404) await accepted(answer);
  }

  async *list(): AsyncIterable<StoredBlob> {
    const { prefix = '' } = this.#location;
    let token: string | undefined;
    do {
      const url = new URL(this.#bucketUrl());
      url.searchParams.set('list-type', '2');
      url.searchParams.set('prefix', prefix);
      if (token) url.searchParams.set('continuation-token', token);
      const answer = await this.#client.fetch(url.href);
      const text = await accepted(answer);
      for (const [, entry = ''] of text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
        const name = element(entry, 'Key').slice(prefix.length).split('/').at(-1);
        if (isBlobName(name)) yield { name, size: Number(element(entry, 'Size')) };
      }
      token = element(text, 'NextContinuationToken') || undefined;
    } while (token);
  }

  #bucketUrl(): string {
    return `${this.#location.endpoint.replace(/\/$/, '')}/${this.#location.bucket}`;
  }

  #urlOf(name: BlobName): string {
    if (!isBlobName(name)) throw new TypeError(`not the name of a blob: ${name}`);
    return `${this.#bucketUrl()}/${this.#location.prefix ?? ''}${name.slice(0, 2)}/${name}`;
  }
}

/** The whole answer, read to its end so that its connection is free again. */
async function accepted(answer: Response): Promise<string> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`S3 answered ${answer.status} ${element(text, 'Code')}: ${element(text, 'Message')}`);
  return text;
}

/** Of XML whose shape is known; entities are undone where S3 writes them. */
function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
