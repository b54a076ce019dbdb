import type { IConnections, INode, IPinData } from 'n8n-workflow';
import type { NotificationItem } from '../engine/roche';
import type { WorkflowJson } from '../engine/protocol';
import type {
	AckBlock,
	Block,
	FetchBlock,
	ForkBlock,
	FuzzCase,
	Join,
	Knobs,
	LoopBlock,
	Message,
	StepBlock,
} from './model';
import { httpRequest, loop, merge, nodeOf, PASSING, sorter, type NodeKind, type Surroundings } from './nodes';

const PACKAGE = 'n8n-nodes-roche-partners-services';
const FETCH = 'Roche S3 Fetch';
export const LOOKUP = 'Lookup';

/** An output of a node that the next step is attached to. */
interface Port {
	node: string;
	output: number;
}

/** A message as an item: the notification and the keys of its parts. */
export interface StartItem {
	/** From 1. */
	message: number;
	/** Numbers of its parts, from 1. */
	parts: number[];
	/** Undefined if no message is sent. */
	notification?: NotificationItem;
}

export interface BuildOptions {
	items: StartItem[];
	/** URL of the receiver, with the run's own path. */
	url: string;
	/** Without Roche: its nodes do nothing, nor do steps that always fail. */
	rehearsal?: boolean;
}

/** Returns the start items of all messages. */
export function startItems(messages: Message[]): StartItem[] {
	return messages.flatMap(({ parts, twice }, index) => {
		const item = { message: index + 1, parts: Array.from({ length: parts }, (_, part) => part + 1) };
		return twice ? [item, item] : [item];
	});
}

/** Returns the workflow as n8n would import it. */
export function build(given: FuzzCase, options: BuildOptions): WorkflowJson {
	return new Builder(given, options).workflow();
}

class Builder {
	private readonly nodes: INode[] = [];
	private readonly connections: IConnections = {};
	private readonly pinData: IPinData = {};
	private readonly around: Surroundings;

	constructor(
		private readonly given: FuzzCase,
		private readonly options: BuildOptions,
	) {
		this.around = { url: options.url, failures: options.rehearsal ? [] : given.failures };
	}

	workflow(): WorkflowJson {
		const { body, order } = this.given;
		this.pinData.Start = this.options.items.map((item) => ({ json: fieldsOf(item) }));
		this.node('Start', { type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} });
		this.sequence(body, [{ node: 'Start', output: 0 }]);
		const { nodes, connections, pinData } = this;
		return { nodes, connections, pinData, settings: { executionOrder: order } };
	}

	private fetch({ name, knobs, token, lookup }: FetchBlock, from: Port[]): Port[] {
		let ports = from;
		if (lookup) {
			ports = this.after(ports, LOOKUP, httpRequest(`${this.options.url}/${LOOKUP}`), {
				onError: 'continueRegularOutput',
			});
			const parameters = {
				mode: 'raw',
				jsonOutput: "={{ JSON.stringify($('Start').item.json) }}",
				includeOtherFields: lookup.keepsError,
				options: {},
			};
			ports = this.after(ports, 'Notification again', { type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters });
		}
		if (token) ports = this.after(ports, 'Roche Get Token', this.roche('rocheGetToken'));
		return this.after(ports, name, this.roche('rocheS3Fetch'), this.options.rehearsal ? {} : knobs);
	}

	private roche(name: string, parameters: NodeKind['parameters'] = {}): NodeKind {
		if (this.options.rehearsal) return { type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
		return { type: `${PACKAGE}.${name}`, typeVersion: 1, parameters };
	}

	private sequence(blocks: Block[], from: Port[]): Port[] {
		return blocks.reduce((ports, block) => (ports.length === 0 ? ports : this.block(block, ports)), from);
	}

	private block(block: Block, from: Port[]): Port[] {
		if (block.kind === 'fork') return this.fork(block, from);
		if (block.kind === 'loop') return this.loop(block, from);
		if (block.kind === 'ack') return this.ack(block, from);
		return block.kind === 'fetch' ? this.fetch(block, from) : this.step(block, from);
	}

	private step(block: StepBlock, from: Port[]): Port[] {
		const { name, errors, knobs } = block;
		const { rehearsal = false } = this.options;
		const receives = block.step === 'send' || block.step === 'check' || block.step === 'queue';
		const kind = nodeOf(rehearsal && block.step === 'queue' ? { ...block, step: 'setOwn' } : block, this.around);
		const ports = this.after(from, name, kind, rehearsal ? rehearsed(knobs, receives) : knobs);
		if (!errors || knobs.onError !== 'continueErrorOutput') return ports;
		const ends = this.sequence(errors.blocks, [{ node: name, output: 1 }]);
		if (errors.join === 'again') this.connect(ends, name, 0);
		if (errors.join === 'merge') return this.merged(`Merge of ${name}`, 'append', [ports, ends]);
		return errors.join === 'all' ? [...ports, ...ends] : ports;
	}

	private fork(block: ForkBlock, from: Port[]): Port[] {
		const { name, by, branches, join, mergeAt } = block;
		if (by !== 'copy')
			this.after(from, name, sorter(block), this.options.rehearsal ? rehearsed(block.knobs, false) : block.knobs);
		const ends = branches.map((branch, output) =>
			this.sequence(branch, by === 'copy' ? from : [{ node: name, output }]),
		);
		if (join === 'none') return [];
		if (join === 'first') return ends[0] ?? [];
		if (join === 'all') return ends.flat();
		return this.merged(`Merge of ${name}`, join, ends, mergeAt);
	}

	private merged(name: string, join: Join, ends: Port[][], at?: Knobs['at']): Port[] {
		this.node(name, merge(join), { at });
		ends.forEach((ports, input) => this.connect(ports, name, input));
		return [{ node: name, output: 0 }];
	}

	private loop(block: LoopBlock, from: Port[]): Port[] {
		const { name, version, body, side } = block;
		this.after(from, name, loop(block), this.options.rehearsal ? rehearsed(block.knobs, false) : block.knobs);
		const [inside, done] = version === 3 ? [1, 0] : [0, 1];
		const ends = this.sequence(body, [{ node: name, output: inside }]);
		this.connect(ends, name, 0);
		if (side) this.sequence(side, ends);
		return version === 1 ? [] : [{ node: name, output: done }];
	}

	private ack({ name, knobs, define, passThrough }: AckBlock, from: Port[]): Port[] {
		if (this.options.rehearsal) return this.after(from, name, PASSING);
		const field = (path: string) => `={{ $('${FETCH}').item.json.${path} }}`;
		const handle = {
			source: 'define',
			receiptHandle: field('MessageReceiptHandle'),
			operationId: field('operationId'),
		};
		const kind = this.roche('rocheNotificationAck', {
			...(define ? handle : {}),
			...(passThrough ? { options: { heldBack: 'passThrough' } } : {}),
		});
		return this.after(from, name, kind, knobs);
	}

	private after(from: Port[], name: string, kind: NodeKind, knobs: Knobs = {}): Port[] {
		this.node(name, kind, knobs);
		this.connect(from, name, 0);
		return [{ node: name, output: 0 }];
	}

	private node(name: string, kind: NodeKind, { onError, tries, once, always, disabled, pinned, at }: Knobs = {}): void {
		this.nodes.push({
			id: name,
			name,
			...kind,
			position: at ?? [200 * this.nodes.length, 0],
			...(onError ? { onError } : {}),
			...(tries === undefined ? {} : { retryOnFail: true, maxTries: tries, waitBetweenTries: 1 }),
			...(once ? { executeOnce: true } : {}),
			...(always ? { alwaysOutputData: true } : {}),
			...(disabled ? { disabled: true } : {}),
		});
		if (pinned) {
			const items = this.options.items.map((item) => ({ json: { ...keysOf(item), pinned: true } }));
			this.pinData[name] = items;
		}
	}

	private connect(from: Port[], node: string, index: number): void {
		for (const { node: source, output } of from) {
			const outputs = ((this.connections[source] ??= { main: [] }).main ??= []);
			while (outputs.length <= output) outputs.push([]);
			(outputs[output] ??= []).push({ node, type: 'main', index });
		}
	}
}

/** In a rehearsal all requests to the receiver are made, and nothing is pinned. */
function rehearsed({ pinned: _pinned, disabled, ...knobs }: Knobs, receives: boolean): Knobs {
	return { ...knobs, ...(disabled && !receives ? { disabled } : {}) };
}

function keysOf({ message, parts }: StartItem) {
	return { of: { [`${message}`]: 1 }, parts: parts.map((part) => ({ [`${message}/${part}`]: 1 })) };
}

function fieldsOf(item: StartItem) {
	return { ...item.notification, ...keysOf(item) };
}
