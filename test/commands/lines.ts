import { N8N_LINES, type N8nLine } from '../real-n8n/install';

/**
 * The n8n lines that a command's arguments name; without names all of them, the newest first.
 * @throws Error if a named line does not exist
 */
export function chosenLines(names: readonly string[]): readonly N8nLine[] {
	const unknown = names.filter((name) => !N8N_LINES.some((line) => line === name));
	if (unknown.length > 0)
		throw new Error(`Unknown n8n line ${unknown.join(', ')}; available: ${N8N_LINES.join(', ')}.`);
	return names.length === 0 ? N8N_LINES : N8N_LINES.filter((line) => names.includes(line));
}

/** The one line of a command that runs a single n8n; without a name the newest. */
export function chosenLine(name: string | undefined): N8nLine {
	return chosenLines(name === undefined ? [] : [name])[0] ?? N8N_LINES[0];
}
