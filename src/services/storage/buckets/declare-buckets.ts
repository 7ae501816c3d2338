import type { Database } from '#kernel/postgres/database.ts';
import { asOwner } from '../sessions.ts';
import type { DeclaredBucket } from '../settings.ts';

/** What config.toml says of a bucket holds from every start; buckets that it does not name are left alone. */
export async function declareBuckets(services: Database, buckets: readonly DeclaredBucket[]): Promise<void> {
  if (buckets.length === 0) return;
  await asOwner({ services }, async (session) => {
    for (const { name, public: isPublic, fileSizeLimit, allowedMimeTypes } of buckets)
      await session.execute(
        `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values ($1, $1, $2, $3, $4)
         on conflict (id) do update set
           public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types`,
        [name, isPublic, fileSizeLimit, allowedMimeTypes],
      );
  });
}
