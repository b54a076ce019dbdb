import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { formsOf, type Secret } from './secret-forms';

interface Finding {
	secret: string;
	where: string;
}

export interface SearchResult {
	/** What was searched, such as ".n8n/database.sqlite". */
	places: string[];
	/** Total size, in bytes. */
	bytes: number;
	findings: Finding[];
}

interface Place {
	name: string;
	read: () => Iterable<Buffer>;
}

/**
 * Searches every file below the user folder of a stopped n8n (database, its -wal and -shm, log, configuration, stored binary
 * data). Also searches each value of each table in its SQLite databases: in the file, long values may be split.
 *
 * @param ignore - names of folders that contain programs, not data
 */
export function searchForSecrets(
	userFolder: string,
	secrets: Secret[],
	ignore = ['node_modules', '.cache'],
): SearchResult {
	const forms = secrets.map(({ name, value }) => ({ name, forms: formsOf(value).map((form) => Buffer.from(form)) }));
	const result: SearchResult = { places: [], bytes: 0, findings: [] };
	for (const place of placesIn(userFolder, ignore)) {
		result.places.push(place.name);
		for (const content of place.read()) {
			result.bytes += content.length;
			const found = forms.filter((secret) => secret.forms.some((form) => content.includes(form)));
			result.findings.push(...found.map(({ name }) => ({ secret: name, where: place.name })));
		}
	}
	return result;
}

function placesIn(userFolder: string, ignore: string[]): Place[] {
	return filesIn(userFolder, ignore).flatMap((file) => {
		const name = relative(userFolder, file);
		const whole: Place = { name, read: () => [readFileSync(file)] };
		if (!file.endsWith('.sqlite')) return [whole];
		return [whole, { name: `${name} (each value of each table)`, read: () => values(file) }];
	});
}

function filesIn(folder: string, ignore: string[]): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (!statSync(path).isDirectory()) return [path];
		return ignore.includes(name) ? [] : filesIn(path, ignore);
	});
}

/** Returns the strings and blobs of every row of every table, one buffer per row. */
function* values(file: string): Iterable<Buffer> {
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const tables = [...database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).iterate()];
		for (const { name } of tables) {
			for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).iterate()) yield rowContent(row);
		}
	} finally {
		database.close();
	}
}

function rowContent(row: Record<string, unknown>): Buffer {
	const parts = Object.values(row).map((value) => {
		if (value instanceof Uint8Array) return Buffer.from(value);
		return Buffer.from(typeof value === 'string' ? value : '');
	});
	return Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
}
