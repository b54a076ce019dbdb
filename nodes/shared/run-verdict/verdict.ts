import { isDeepStrictEqual } from 'node:util';
import { readFailures } from '../run-model/failed-steps';
import { type Done, type Item, readDone } from '../run-model/items';
import { handDown, type Labelled, type Labels, spread } from '../run-model/labels';
import { pinnedFrom, readLeftOut, readWillPass } from '../run-model/left-out';
import type { Run } from '../run-model/run';
import { readToCome } from '../run-model/to-come';
import { Ways } from '../run-model/ways';
import { type Message, messageIn } from '../notification/message';
import { handlesIn } from './handles';
import { type Reason, REASONS } from './reasons';

/** A reason, and whether it is about what was made of a file that Roche S3 Fetch has read, or about earlier work. */
interface Noted extends Reason {
	isFetched: boolean;
}

/**
 * Decides from the run which messages at this node may be acknowledged. The rule: a message is acknowledged when the run has done
 * everything for it, from Roche S3 Fetch on (if there is none on the path, from the first item that names it), and all of it succeeded. It
 * fails closed: what cannot be assigned to a message counts against all messages.
 */
export class Verdicts {
	private readonly done: Done;
	private readonly messages = new Map<string, Message>();
	private readonly labels: Labelled;
	private readonly fetched: ReadonlySet<Item>;
	private readonly passed: ReadonlySet<Item>;
	/** Items about which nothing is known, not even what their step worked on. */
	private readonly strangers: ReadonlySet<Item>;
	/** Reasons by label: a receipt handle, or the name of a file without a message. */
	private readonly noted = new Map<string, Noted[]>();
	private readonly againstAll: Reason[] = [];
	private readonly heldBack = new Map<Labels, boolean>();
	/** Number of files that were read without a known message. */
	private files = 0;

	/**
	 * @param optional names of steps whose work does not count
	 * @param defined receipt handles that the user gives; they are found under any field name
	 */
	constructor(
		private readonly run: Run,
		private readonly optional: ReadonlySet<string>,
		private readonly defined: ReadonlySet<string>,
	) {
		this.done = readDone(run);
		const { tasks } = this.done;
		this.labels = this.label();
		this.fetched = spread(
			tasks,
			({ task }) => this.isFetch(task.step),
			(_item, marked) => marked > 0,
		);
		this.passed = spread(
			tasks,
			({ task }) => task.step === run.own,
			({ parents }, marked) => marked === parents.length,
		);
		this.strangers = spread(
			tasks,
			({ linked, parents }) => !linked && parents.length === 0,
			(_item, marked) => marked > 0,
		);
		this.noteFailures();
		this.noteLeftOut();
		this.noteToCome();
	}

	/** The items of this node's input. */
	get input(): readonly Item[] {
		return this.done.itemsOf(this.run.source);
	}

	/** Returns a step whose items name messages: Roche S3 Fetch if there is one. */
	get namingStep(): string {
		const naming = this.done.tasks.flatMap(({ step, outputs }) =>
			outputs.flat().some(({ data }) => messageIn(data.json)) ? [step] : [],
		);
		return naming.find((step) => this.isFetch(step)) ?? naming[0] ?? 'Roche S3 Fetch';
	}

	/**
	 * Returns the messages that an item was made of; undefined if item linking does not give them. If all messages that it may have been made
	 * of are held back, returns those instead, since it does not matter which of them it was.
	 */
	messagesOf(item: Item): Message[] | undefined {
		const nearest = this.labels.nearest(item);
		const labels = nearest ?? this.labels.may(item);
		const messages = [...labels].flatMap((label) => this.messages.get(label) ?? []);
		if (nearest !== undefined) return messages;
		// Items that a step did not link share their labels: the first of them represents all messages.
		const isFirst = !this.heldBack.has(labels);
		const areHeldBack = this.heldBack.get(labels) ?? this.areHeldBack(item, labels);
		this.heldBack.set(labels, areHeldBack);
		return areHeldBack ? messages.slice(0, isFirst ? undefined : 1) : undefined;
	}

	private areHeldBack(item: Item, labels: Labels): boolean {
		const messages = [...labels].filter((label) => this.messages.has(label));
		return messages.every((label) => this.reasonAgainst(item, label)?.kind === 'failed');
	}

	/** Returns the operation id from the notification's header; undefined if the run has not kept it. */
	operationIdOf(receiptHandle: string): string | undefined {
		return this.messages.get(receiptHandle)?.operationId;
	}

	/** Returns why the message of an item must not be acknowledged; undefined if nothing speaks against it. */
	reasonAgainst(item: Item, receiptHandle: string): Reason | undefined {
		const isFetched = this.fetched.has(item);
		// A handle that no item of the run contains may belong to any message.
		const isNamed = this.messages.has(receiptHandle);
		const labels = isNamed ? [receiptHandle, ...this.otherLabels(item, receiptHandle)] : this.noted.keys();
		const found = [...labels].flatMap((label) => this.noted.get(label) ?? []);
		const against = [...this.againstAll, ...found.filter((one) => one.isFetched || !isFetched)];
		const failed = against.find(({ kind }) => kind === 'failed');
		return failed ?? (isFetched ? undefined : this.calledFromElsewhere()) ?? against[0];
	}

	/** Returns the labels of files without a message and, if the item's handle was changed on the way, of everything it was made of. */
	private otherLabels(item: Item, receiptHandle: string): string[] {
		const nearest = this.labels.nearest(item);
		const isChanged = nearest !== undefined && !nearest.has(receiptHandle);
		if (!isChanged && this.files === 0) return [];
		return [...this.labels.may(item)].filter((label) => isChanged || !this.messages.has(label));
	}

	/** Files count like messages until an item names the message: it may have been looked up after the file was passed on. */
	private label(): Labelled {
		return handDown(this.done.tasks, ({ task, data }, inherited) => {
			const message = messageIn(data.json);
			if (message) this.learn(message);
			const handles = this.defined.size === 0 ? [] : handlesIn(data.json, this.defined);
			for (const receiptHandle of handles) {
				if (!this.messages.has(receiptHandle))
					this.messages.set(receiptHandle, { receiptHandle, operationId: undefined, messageId: undefined });
			}
			if (message) return [message.receiptHandle, ...handles];
			if (handles.length > 0 || inherited.size > 0 || !this.isFetch(task.step)) return handles;
			this.files += 1;
			return [`file ${this.files}`];
		});
	}

	/** Later items may contain less of the notification than earlier ones. */
	private learn({ receiptHandle, operationId, messageId }: Message): void {
		const known = this.messages.get(receiptHandle);
		this.messages.set(receiptHandle, {
			receiptHandle,
			operationId: known?.operationId ?? operationId,
			messageId: known?.messageId ?? messageId,
		});
	}

	private noteFailures(): void {
		const failures = readFailures(this.run, this.done.tasks, (item, madeOf) => this.isUnread(item, madeOf));
		for (const { step, item, whole } of failures) {
			const reason = whole ? REASONS.failedAsAWhole(step) : REASONS.failedForAnItem(step);
			if (this.counts(step)) this.note(reason, item && [item]);
		}
	}

	private noteLeftOut(): void {
		for (const { step, items, why } of readLeftOut(this.run, this.done.tasks)) {
			if (this.counts(step)) this.note(REASONS.leftOut(step, why), this.notPassed(items), this.isFetch(step));
		}
		for (const { step, why } of pinnedFrom(this.run, (name) => this.isFetch(name))) {
			if (this.counts(step)) this.againstAll.push(REASONS.leftOut(step, why));
		}
	}

	private noteToCome(): void {
		const ways = new Ways(this.run, (step) => step !== this.run.own && !this.counts(step));
		const waiting = readToCome(this.run, this.done);
		for (const { step, items, why } of readWillPass(this.run, ways, this.done.tasks, waiting)) {
			if (this.counts(step)) this.note(REASONS.leftOut(step, why), items);
		}
		for (const { items, into, roundsOf } of waiting) {
			for (const step of ways.counted(into)) {
				const isBack = ways.leadsHere(step);
				// Work that leads to Roche S3 Fetch will be work on a file.
				const isFetched = ways.leadsTo(step, (target) => this.isFetch(target));
				this.note(this.toCome(step, isBack, roundsOf), isBack ? items : this.notPassed(items), isFetched);
			}
		}
	}

	private note(reason: Reason, items: readonly Item[] | undefined, isFetched = false): void {
		if (items === undefined || items.some((item) => this.strangers.has(item))) this.againstAll.push(reason);
		for (const item of items ?? []) {
			const noted = { ...reason, isFetched: isFetched || this.fetched.has(item) };
			for (const label of this.labels.may(item)) {
				const others = this.noted.get(label) ?? [];
				// The first reason of a kind is enough to hold a message back, and to state why.
				const isKnown = others.some((other) => other.kind === noted.kind && other.isFetched === noted.isFetched);
				if (!isKnown) this.noted.set(label, [...others, noted]);
			}
		}
	}

	private notPassed(items: readonly Item[] | undefined): Item[] | undefined {
		return items?.filter((item) => !this.passed.has(item));
	}

	/** Acknowledging is not work on a file. */
	private counts(step: string): boolean {
		return !this.optional.has(step) && !this.isOfType(step, 'rocheNotificationAck');
	}

	/** Where work on a file begins: it is read from Roche, or claimed from the inbox. */
	private isFetch(step: string): boolean {
		return this.isOfType(step, 'rocheS3Fetch') || this.isClaim(step);
	}

	private isClaim(step: string): boolean {
		const { resource, operation } = this.run.steps.get(step)?.parameters ?? {};
		return this.isOfType(step, 'rocheInbox') && operation === 'claim' && resource !== 'notification';
	}

	private isOfType(step: string, type: string): boolean {
		return this.run.steps.get(step)?.type.endsWith(`.${type}`) === true;
	}

	/** Whether an item that carries the failure of an earlier step is one whose file Roche S3 Fetch did not read for the same reason. */
	private isUnread({ task, data }: Item, madeOf: Item): boolean {
		const { file } = data.json;
		return this.isFetch(task.step) && (file === undefined || isDeepStrictEqual(file, madeOf.data.json.file));
	}

	/** What the caller of a sub-workflow has done, and will do, with a file that it has read cannot be seen from here. */
	private calledFromElsewhere(): Reason | undefined {
		const [caller] = Object.keys(this.run.runData).filter((step) => this.isOfType(step, 'executeWorkflowTrigger'));
		return caller === undefined ? undefined : REASONS.calledFromElsewhere(caller);
	}

	private toCome(step: string, isBack: boolean, loop: string | undefined): Reason {
		if (step === this.run.own) return REASONS.moreToCome(step);
		if (!isBack) return REASONS.workBeside(step);
		return loop === undefined ? REASONS.workOnTheWay(step) : REASONS.roundsLeft(loop);
	}
}
