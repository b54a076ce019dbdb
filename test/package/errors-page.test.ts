import { DOCUMENTED_ANSWERS, GATEWAY_ANSWERS } from '../unit/support/api-failures';
import { messagesIn } from '../unit/support/messages-in';
import { NETWORK_FAILURES } from '../unit/support/network-failures';
import { S3_FAILURES } from '../unit/support/s3-failures';
import { textOf } from './support/pages';

/** Sections of the page and the tables of the code that they document. */
const SECTIONS = [
	['Answers of Roche', ['partners-services.ts']],
	['Network', ['network.ts', 'tls.ts']],
	['Files in S3', ['s3.ts']],
] as const;

/** Retries that the tables do not contain: with a new token, or depending on the status. */
const BEYOND_THE_TABLE: Readonly<Record<string, string>> = {
	'The AWS session token has expired': 'once, with a new token',
	'S3 does not know the AWS credentials': 'once, with a new token',
	'S3 answered with an unexpected error': 'for 429 and 5xx',
};

/** Returns the rows of a section, including its subsections: message and retry. */
function rowsOf(page: string, section: string): Array<[message: string, retried: string]> {
	const [, text = ''] = new RegExp(`^## ${section}$([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(textOf(page)) ?? [];
	return text
		.split('\n')
		.filter((line) => /^\| (?!Message |-)/.test(line))
		.map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()))
		.map((cells) => [cells[0] ?? '', cells.at(-1) ?? '']);
}

/** Whether a failure is retried, according to the tests of the tables. Unusable answers of 200 are not in these, and not retried. */
function retriedOf(message: string): string {
	const rows = [...DOCUMENTED_ANSWERS, ...GATEWAY_ANSWERS, ...NETWORK_FAILURES, ...S3_FAILURES];
	const row = rows.find((one) => one.message === message || one.message.startsWith(`${message} (`));
	return BEYOND_THE_TABLE[message] ?? (row?.retry ? 'yes' : 'no');
}

describe('the page of errors', () => {
	it.each(SECTIONS)('%s: has exactly the messages of the code', (section, files) => {
		const messages = rowsOf('docs/errors.md', section).map(([message]) => message);
		expect(messages.length).toBeGreaterThan(15);
		expect(messages.toSorted()).toEqual(files.flatMap((file) => messagesIn(file)).toSorted());
	});

	it.each(SECTIONS)('%s: states correctly what is retried', (section) => {
		const rows = rowsOf('docs/errors.md', section);
		expect(rows).toEqual(rows.map(([message]) => [message, retriedOf(message)]));
	});
});

it('the page of Roche Inbox has each failure of the disk', () => {
	const rows = rowsOf('docs/inbox.md', 'Errors').map(([message]) => message);
	const missing = messagesIn('inbox.ts').filter((message) => !rows.some((row) => row.includes(message)));
	expect(missing).toEqual([]);
});
