import { Roche } from '../engine/roche';
import { N8N_LINES, n8nFolder, type N8nLine } from '../real-n8n/install';

/** Name of the environment variable with which `npm run test:ack` selects the line for the tests. */
export const LINE_VARIABLE = 'ACK_N8N_LINE';

/** Returns the line for the tests. @throws Error if the variable does not name one */
export function currentLine(): N8nLine {
	const name = process.env[LINE_VARIABLE] ?? N8N_LINES[0];
	const line = N8N_LINES.find((one) => one === name);
	if (line === undefined) throw new Error(`Unknown n8n line ${name}; there are: ${N8N_LINES.join(', ')}.`);
	return line;
}

/** Like {@link Roche.forAllTests}, on the engine of the installed line and with n8n's own nodes. */
export function lineRoche(): Roche {
	return Roche.forAllTests({ n8n: n8nFolder(currentLine()) });
}
