/** A `supabase/` folder that starts as it is: its configuration, its SQL, its keys and the gateway before its services. */
import type { MigrationSource } from '#kernel/postgres/migrate.ts';

export { checkFolder, type FolderReport } from './check-folder.ts';
export type { FolderConfig } from './config/read-config.ts';
export { type ConfigTable, configTable } from './config/table.ts';
export { type GatewayOptions, type GatewayService, mountGateway } from './gateway/mount-gateway.ts';
export { type Jwk, type ProjectKeys, projectKeys, publicPart } from './keys.ts';
export { type ApplyOptions, type ApplyReport, applyProject } from './migrations/apply.ts';
export { type ProjectFolder, readProjectFolder } from './read-folder.ts';
export { type Catalogue, readCatalogue } from './types/catalogue.ts';
export { renderTypes, type TypedRelationship } from './types/render-types.ts';

/** Schemas, tables and roles that every Supabase project finds in its database. Runs after the kernel's bootstrap. */
export const PLATFORM_SCHEMAS: MigrationSource = { ledger: 'supabase', folder: new URL('sql/', import.meta.url) };
