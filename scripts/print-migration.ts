// Prints the SQL that takes the last migrated schema to prisma/schema.prisma, with Prisma's own engine compiled to WebAssembly (the
// ordinary `prisma migrate diff` downloads a native engine, which an offline machine cannot). The last migrated schema is kept beside
// its migration as schema.prisma, so no database is needed.
// Usage: npm run migration -- NAME      writes prisma/migrations/<time>_NAME/{migration.sql,schema.prisma}
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

/** The part of the WebAssembly API used here; Node's types leave it to the DOM library. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: object } }>;
};

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: npm run migration -- name_in_snake_case');
  process.exit(2);
}

const migrations = 'prisma/migrations';
const last = readdirSync(migrations)
  .filter((entry) => /^\d{14}_/.test(entry))
  .sort()
  .at(-1);
const schema = readFileSync('prisma/schema.prisma', 'utf8');
const before = last ? readFileSync(join(migrations, last, 'schema.prisma'), 'utf8') : null;

const engineFolder = 'node_modules/@prisma/schema-engine-wasm';
const bindings = await import(resolve(engineFolder, 'schema_engine_bg.js'));
const { instance } = await WebAssembly.instantiate(readFileSync(join(engineFolder, 'schema_engine_bg.wasm')), {
  './schema_engine_bg.js': bindings,
});
bindings.__wbg_set_wasm(instance.exports);
(instance.exports as { __wbindgen_start(): void }).__wbindgen_start();

const adapter = bindMigrationAwareSqlAdapterFactory(
  new PrismaPg({ connectionString: process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres' }),
);
const engine = await bindings.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter);
const { stdout } = await engine.diff({
  from:
    before === null
      ? { tag: 'empty' }
      : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: before }] },
  to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
  script: true,
  exitCode: null,
  shadowDatabaseUrl: null,
  filters: { externalTables: [], externalEnums: [] },
});
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const folder = join(migrations, `${stamp}_${name}`);
mkdirSync(folder);
writeFileSync(join(folder, 'migration.sql'), stdout);
writeFileSync(join(folder, 'schema.prisma'), schema);
console.log(`${folder}\n\n${stdout}`);
process.exit(0);
