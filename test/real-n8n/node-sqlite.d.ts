/** The part of Node 24's built-in SQLite that is used here. The installed types are those of Node 20. */
declare module 'node:sqlite' {
	export class DatabaseSync {
		constructor(path: string, options?: { readOnly?: boolean });
		prepare(sql: string): { iterate(): IterableIterator<Record<string, unknown>> };
		close(): void;
	}
}
