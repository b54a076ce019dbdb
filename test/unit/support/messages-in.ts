import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The messages in the source of a table of failures, so that a row that is added there is asked for in tests and documentation.
 * @param file below nodes/
 */
export function messagesIn(file: string): string[] {
	const source = readFileSync(join(__dirname, '../../../nodes', file), 'utf8');
	return [...source.matchAll(/(?:message:|ANSWER_\w+:)\s+(['"])(.+?)\1/g)].map(([, , message = '']) => message);
}
