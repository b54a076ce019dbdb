import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The messages in the source of a table of failures, so that a row that is added there is asked for in tests and documentation.
 * @param file below nodes/shared/failures/
 */
export function messagesIn(file: string): string[] {
	const source = readFileSync(join(__dirname, '../../../nodes/shared/failures', file), 'utf8');
	const messages = source.matchAll(/(?:message:|ANSWER_\w+:)\s+(['"])(.+?)\1/g);
	return [...new Set([...messages].map(([, , message = '']) => message))];
}
