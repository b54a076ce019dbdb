import { readFailures } from '../../../../nodes/shared/run-model/failed-steps';
import { type Done, type Item, readDone } from '../../../../nodes/shared/run-model/items';
import { handDown, type Labelled } from '../../../../nodes/shared/run-model/labels';
import type { Run } from '../../../../nodes/shared/run-model/run';
import type { N8nLine } from '../../../real-n8n/install';
import { recorded, runOf } from './recorded';

/** A parsed run, with methods to find its items. */
export class Reading {
	readonly done: Done;

	constructor(readonly run: Run) {
		this.done = readDone(run);
	}

	/** Returns the items at an output of a run of a step. */
	items(step: string, { run = 0, output = 0 } = {}): readonly Item[] {
		return this.done.itemsOf({ previousNode: step, previousNodeRun: run, previousNodeOutput: output });
	}

	/** Like {@link items}, for exactly one item. @throws RangeError if there are more, or none */
	item(step: string, at: { run?: number; output?: number } = {}): Item {
		const [item, ...more] = this.items(step, at);
		if (!item || more.length > 0) throw new RangeError(`${step} has ${more.length + (item ? 1 : 0)} items there`);
		return item;
	}

	/** The input items. */
	get input(): readonly Item[] {
		return this.done.itemsOf(this.run.source);
	}

	/** Messages by their receipt handle. */
	get labels(): Labelled {
		return handDown(this.done.tasks, ({ data }) => {
			const { MessageReceiptHandle: handle } = data.json;
			return typeof handle === 'string' ? [handle] : [];
		});
	}
}

/** Reads the data that the step "ACK" saw in one of its runs. */
export function readRecorded(line: N8nLine, name: string, visit = 0): Reading {
	return new Reading(runOf(recorded(line, name, visit)));
}

/** Describes an item for a test: its step, and the number of its notification or its index. */
export function named(item: Item | undefined): string {
	if (!item) return 'no item';
	const { n, stored } = item.data.json;
	const number = [n, stored].find((value) => typeof value === 'number');
	const outputs = item.task.outputs[item.output] ?? [];
	return `${item.task.step} ${number ?? `#${outputs.indexOf(item)}`}`;
}

/** Describes the items from which an item was made, with `?` before them if item linking is unknown. */
export const madeOf = ({ linked, parents }: Item): string[] =>
	parents.map((parent) => (linked ? named(parent) : `? ${named(parent)}`));

/** Describes the failures that were not recovered. */
export const failuresOf = ({ run, done }: Reading, isPutOut = false): string[] =>
	readFailures(run, done.tasks, () => isPutOut).map(
		({ step, item, whole }) => `${step}${whole ? ' as a whole' : ''}: ${named(item)}`,
	);
