import type { Block, FuzzCase, Knobs } from './model';

function knobsText({ onError, tries, once, always, disabled, pinned, at }: Knobs): string {
	const words = [
		onError === 'continueRegularOutput' ? 'Continue' : onError === 'continueErrorOutput' ? 'Error Output' : '',
		tries === undefined ? '' : `${tries} tries`,
		once ? 'Execute Once' : '',
		always ? 'Always Output Data' : '',
		disabled ? 'deactivated' : '',
		pinned ? 'pinned' : '',
		at ? `at ${at.join(',')}` : '',
	].filter((word) => word !== '');
	return words.length === 0 ? '' : ` [${words.join(', ')}]`;
}

function indented(title: string, blocks: Block[], depth: number): string[] {
	return [`${'  '.repeat(depth)}${title}`, ...lines(blocks, depth + 1)];
}

function lines(blocks: Block[], depth: number): string[] {
	if (blocks.length === 0) return [`${'  '.repeat(depth)}(nothing)`];
	return blocks.flatMap((block) => {
		const line = (text: string) => `${'  '.repeat(depth)}${text}${knobsText(block.knobs)}`;
		if (block.kind === 'ack') {
			return [line(`${block.name}${block.define ? ', defined' : ''}${block.passThrough ? ', passThrough' : ''}`)];
		}
		if (block.kind === 'fetch') {
			const { token, lookup } = block;
			const before = lookup
				? `Lookup, fails for ${lookup.fails ?? 'none'}, error ${lookup.keepsError ? 'kept' : 'dropped'}; `
				: '';
			return [line(`${before}${token ? 'Roche Get Token; ' : ''}${block.name}`)];
		}
		if (block.kind === 'step') {
			const { name, test, errors } = block;
			const errorLines = errors ? indented(`errors, joined: ${errors.join}`, errors.blocks, depth + 1) : [];
			return [line(test ? `${name} (${test})` : name), ...errorLines];
		}
		if (block.kind === 'loop') {
			const head = line(`${block.name}, version ${block.version}, ${block.size} at once`);
			const side = block.side ? indented('beside the way back:', block.side, depth + 1) : [];
			return [head, ...lines(block.body, depth + 1), ...side];
		}
		const how = block.by === 'copy' ? 'to both' : `${block.by} ${block.test ?? ''}`;
		const ends = block.mergeAt ? `${block.join} at ${block.mergeAt.join(',')}` : block.join;
		const [first, second] = block.branches;
		return [
			line(`${block.name}, ${how}, joined: ${ends}`),
			...indented('first:', first, depth + 1),
			...indented('second:', second, depth + 1),
		];
	});
}

/** Returns a readable description of the workflow and its failures. */
export function printCase(given: FuzzCase): string {
	const messages = given.messages.map(({ parts, twice, missing, ack }, index) => {
		const more = [twice ? 'twice' : '', missing ? 'no file' : '', ack ? `ACK ${ack}` : ''].filter(
			(word) => word !== '',
		);
		return `${index + 1} of ${parts} part${parts === 1 ? '' : 's'}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
	});
	const failures = given.failures.map(
		({ step, key, nth, how }) => `"${step}" for ${key}: ${how}${nth === 'first' ? ', the first time' : ''}`,
	);
	return [
		`order ${given.order}; messages: ${messages.join('; ')}`,
		`failures: ${failures.length === 0 ? 'none' : failures.join('; ')}`,
		...lines(given.body, 1),
	].join('\n');
}
