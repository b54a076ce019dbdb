import { readFailures } from '../../../../nodes/shared/run-model/failed-steps';
import { type Done, type Item, readDone } from '../../../../nodes/shared/run-model/items';
import { handDown, type Labelled } from '../../../../nodes/shared/run-model/labels';
import type { Run } from '../../../../nodes/shared/run-model/run';
import type { N8nLine } from '../../../real-n8n/install';
import { recorded, runOf } from './recorded';

/** A run that was read, and where to find things in it. */
export class Reading {
	readonly done: Done;

	constructor(readonly run: Run) {
		this.done = readDone(run);
	}

	/** The items of one output of one run of a step. */
	items(step: string, { run = 0, output = 0 } = {}): readonly Item[] {
		return this.done.itemsOf({ previousNode: step, previousNodeRun: run, previousNodeOutput: output });
	}

	/** As {@link items}, of which there must be one. @throws RangeError when there are more, or none */
	item(step: string, at: { run?: number; output?: number } = {}): Item {
		const [item, ...more] = this.items(step, at);
		if (!item || more.length > 0) throw new RangeError(`${step} has ${more.length + (item ? 1 : 0)} items there`);
		return item;
	}

	/** The items that came in. */
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

/** What the step "ACK" of a recorded run can know at one of its visits. */
export function readRecorded(line: N8nLine, name: string, visit = 0): Reading {
	return new Reading(runOf(recorded(line, name, visit)));
}

/** An item in the words of a test: its step, and which of its items by the number of the notification or its place. */
export function named(item: Item | undefined): string {
	if (!item) return 'no item';
	const { n, stored } = item.data.json;
	const number = [n, stored].find((value) => typeof value === 'number');
	const outputs = item.task.outputs[item.output] ?? [];
	return `${item.task.step} ${number ?? `#${outputs.indexOf(item)}`}`;
}

/** What an item was made of; `?` before it where linking tells nothing. */
export const madeOf = ({ linked, parents }: Item): string[] =>
	parents.map((parent) => (linked ? named(parent) : `? ${named(parent)}`));

/** What failed and was not made good, in words. */
export const failuresOf = ({ run, done }: Reading, isPutOut = false): string[] =>
	readFailures(run, done.tasks, () => isPutOut).map(
		({ step, item, whole }) => `${step}${whole ? ' as a whole' : ''}: ${named(item)}`,
	);
