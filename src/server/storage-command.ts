import { Command } from 'commander';
import { OperatorError } from '#kernel/errors.ts';
import type { Storage } from '#services/storage/api.ts';
import { blobLocation, configuredBlobs, storageFolder, storageSecret } from './blob-location.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import type { ProjectAtHand } from './with-project.ts';

/** `freehold storage check|migrate`: rows and bytes compared, files moved between the disk and S3. */
export function storageCommand(): Command {
  const check = withCommonOptions(new Command('check'))
    .description('compare rows with bytes: remove bytes that no row names, list rows whose bytes are gone')
    .argument('[folder]', 'the project (default: Kurzora)')
    .option('--verify', 'read every byte and compare it with its hash')
    .action((path: string | undefined, options: CommonOptions & { readonly verify?: boolean }) =>
      withStorage(path, options, async (storage, { output }) => {
        const drift = await storage.reconcile({ verify: options.verify });
        output.result(drift, () =>
          [
            `${drift.objects} objects, ${drift.blobs} blobs; ${drift.removed} without a row removed (${drift.freedBytes} bytes)`,
            ...(drift.missingCount > 0
              ? [`${drift.missingCount} objects have lost their bytes:`, ...drift.missing]
              : []),
          ].join('\n'),
        );
        if (drift.missingCount > 0) throw new OperatorError('some objects have lost their bytes');
      }),
    );
  const migrate = withCommonOptions(new Command('migrate'))
    .description(
      'copy every file from one place to another; run again until nothing is copied, then set FREEHOLD_BLOBS',
    )
    .argument('[folder]', 'the project (default: Kurzora)')
    .requiredOption('--from <place>', 'disk, or s3://bucket/prefix?endpoint=...&region=...')
    .requiredOption('--to <place>', 'likewise')
    .action((path: string | undefined, options: CommonOptions & { readonly from: string; readonly to: string }) =>
      withStorage(path, options, async (storage, { config, project, output }) => {
        const place = (text: string) => blobLocation(text, config, project.name);
        const report = await storage.migrateBlobs(place(options.from), place(options.to));
        const { copied, bytes, skipped, missing } = report;
        output.result(report, () =>
          [
            `${copied} files copied (${bytes} bytes), ${skipped} were there`,
            ...missing.map((name) => `missing: ${name}`),
          ].join('\n'),
        );
      }),
    );
  return new Command('storage').description('look after stored files').addCommand(check).addCommand(migrate);
}

async function withStorage(
  path: string | undefined,
  options: CommonOptions,
  work: (storage: Storage, atHand: ProjectAtHand) => Promise<void>,
): Promise<void> {
  const [{ openStorage, storageSettings }, { withProject }] = await Promise.all([
    import('#services/storage/api.ts'),
    import('./with-project.ts'),
  ]);
  await withProject(path, options, async (atHand) => {
    const { config, project, serviceSessions, keys, table } = atHand;
    const storage = await openStorage({
      services: serviceSessions,
      verify: () => {
        throw new Error('nobody asks over HTTP');
      },
      folder: storageFolder(config.dataFolder, project.name),
      blobs: configuredBlobs(config, project.name),
      settings: storageSettings(table),
      signingSecret: storageSecret(keys.jwtSecret),
      log: project.log,
    });
    try {
      await work(storage, atHand);
    } finally {
      await storage.close();
    }
  });
}
