import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the messages in the source of a table of failures. Tests and documentation must cover each of them.
 * @param file below nodes/shared/failures/
 */
export function messagesIn(file: string): string[] {
	const source = readFileSync(join(__dirname, '../../../nodes/shared/failures', file), 'utf8');
	const messages = source.matchAll(/(?:message:|ANSWER_\w+:)\s+(['"])(.+?)\1/g);
	return [...new Set([...messages].map(([, , message = '']) => message))];
}
