import { deflateSync, gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import type { Path, Scene } from './path';

const NAME = 'Mustermann-gepackt';
const PACKED = gzipSync(NAME);
/** 1.2 GB of zeros. */
const ZEROS = gzipSync(Buffer.alloc(10_000_000));
const BOMB = Buffer.concat(Array.from({ length: 120 }, () => ZEROS));
const PARTS = { parameters: { output: 'fhirParts' } };

/** Returns a path with a file of these stored bytes and this Content-Encoding. */
function stored(bytes: Buffer, contentEncoding: string, more: Partial<Pick<Scene, 'parameters' | 'options'>> = {}) {
	return async ({ rig, item: json, parameters: given, options, secrets }: Scene): Promise<void> => {
		const base64 = bytes.toString('base64');
		const file = { kind: 'content', key: 'delivery/paths/packed', base64, contentType: 'text/plain' } as const;
		const { key } = await rig.sandbox.addFile({ ...file, contentEncoding });
		json.MessageReference = { ...(json.MessageReference as IDataObject), objectKey: key };
		Object.assign(given, more.parameters);
		Object.assign(options, more.options);
		secrets.push({ name: 'content of the file', value: NAME });
	};
}

const of = (what: string, prepare: Path['prepare'], expected: Path['expected']): Path => ({
	what,
	nodes: ['rocheS3Fetch'],
	prepare,
	expected,
});

/** Files whose bytes cannot be output. */
export const OF_STORED_FILE: readonly Path[] = [
	of('unknown encoding', stored(PACKED, 'zstd'), /^The file is stored with a Content-Encoding that/),
	of(
		'file declared as compressed that is not',
		stored(Buffer.from(NAME), 'gzip'),
		/^The file is not compressed as its Content/,
	),
	of(
		'compressed file with bytes after its end',
		stored(Buffer.concat([deflateSync(NAME), PACKED]), 'deflate'),
		/^The file is not compressed as its Content/,
	),
	of(
		'compressed file beyond the size limit',
		stored(gzipSync(Buffer.alloc(2_000_000)), 'gzip', { options: { maxFileSize: 1 } }),
		/^The file is larger than the option/,
	),
	of('file that decompresses to far too much', stored(BOMB, 'gzip'), /^The file decompresses to more than 1 GB/),
	of(
		'parts of a file that is not JSON',
		stored(Buffer.from(NAME), '', PARTS),
		/^The file is not a FHIR bundle in JSON/,
	),
	of('parts of a resource', stored(Buffer.from(`{"name":"${NAME}"}`), '', PARTS), /^The file is not a FHIR bundle/),
	of(
		'parts of a bundle with a resource without a type',
		stored(Buffer.from(`{"resourceType":"Bundle","entry":[{"resource":{"name":"${NAME}"}}]}`), '', PARTS),
		/an entry contains a resource without resourceType/,
	),
];
