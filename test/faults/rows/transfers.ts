import type { Fault } from '../../sandbox/types';
import { each, RECOVERED, type Row } from '../matrix';
import { LATE, LOST, spoiled } from './answers';

const ALWAYS = 99;

const CHANGED = 'The bytes received are not those stored in S3: the checksum differs';
const INCOMPLETE = 'The file arrived with fewer or more bytes than S3 announced';

const CUT: Fault = { kind: 'drop', when: 'before-headers' };
const SILENT: Fault = { kind: 'stall', when: 'headers' };
const CORRUPT: Fault = { kind: 'corrupt' };

/** Cuts an answer after these bytes: none, one, in the middle, almost all. A token has about 900 bytes, a file about 300,000. */
const cutAfter = (afterBytes: number): Fault => ({ kind: 'drop', when: 'in-body', afterBytes });
const silentAfter = (afterBytes: number): Fault => ({ kind: 'stall', when: 'body', afterBytes });

const IN_TOKEN = [0, 1, 400];
const IN_FILE = [0, 1, 65_536, 150_000, 300_000];

/** Connections that end or stall, and changed bytes. */
export const TRANSFERS: Row[] = [
	spoiled('cut before the headers', CUT, 1, each(RECOVERED)),
	spoiled('cut before the headers', CUT, ALWAYS, each(LOST)),
	spoiled('no headers', SILENT, 1, each(RECOVERED)),
	spoiled('no headers', SILENT, ALWAYS, each(LATE)),
	...IN_TOKEN.flatMap((bytes) => [
		spoiled(`cut after ${bytes} bytes`, cutAfter(bytes), 1, { token: RECOVERED }),
		spoiled(`silent after ${bytes} bytes`, silentAfter(bytes), 1, { token: RECOVERED }),
	]),
	spoiled('cut after 400 bytes', cutAfter(400), ALWAYS, { token: LOST }),
	spoiled('silent after 400 bytes', silentAfter(400), ALWAYS, { token: LATE }),
	...IN_FILE.flatMap((bytes) => [
		spoiled(`cut after ${bytes} bytes of the file`, cutAfter(bytes), 1, each(RECOVERED, ['file', 'URL'])),
		spoiled(`silent after ${bytes} bytes of the file`, silentAfter(bytes), 1, each(RECOVERED, ['file', 'URL'])),
	]),
	spoiled('cut after 100,000 bytes of each answer', cutAfter(100_000), ALWAYS, each(RECOVERED, ['file', 'URL'])),
	spoiled('cut at once', cutAfter(0), ALWAYS, each(INCOMPLETE, ['file', 'URL'])),
	spoiled('one byte is another', CORRUPT, 1, each(RECOVERED, ['file', 'URL'])),
	spoiled('one byte is another', CORRUPT, ALWAYS, each(CHANGED, ['file', 'URL'])),
	spoiled('Content-Length says fewer bytes', { kind: 'length', by: -100 }, 1, each(RECOVERED, ['file', 'URL', 'ACK'])),
	spoiled('Content-Length says fewer bytes', { kind: 'length', by: -100 }, ALWAYS, {
		token: 'The answer to Get Token is not JSON',
		...each(CHANGED, ['file', 'URL']),
	}),
	spoiled('Content-Length says more bytes', { kind: 'length', by: 100 }, 1, each(RECOVERED)),
	{
		...spoiled('Content-Length says more bytes', { kind: 'length', by: 100 }, ALWAYS, {
			...each(LOST, ['token', 'ACK']),
			...each(INCOMPLETE, ['file', 'URL']),
		}),
		reachesRoche: true,
	},
	{ ...spoiled('carried out, and cut', { kind: 'process-then-drop' }, 1, each(RECOVERED)), reachesRoche: true },
	{
		...spoiled('carried out, and cut', { kind: 'process-then-drop' }, ALWAYS, each(LOST, ['token', 'ACK'])),
		reachesRoche: true,
	},
];
