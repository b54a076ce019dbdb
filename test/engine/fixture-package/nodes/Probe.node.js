// A node that does everything that the harness must report; its parameter `action` selects what.
const { NodeApiError, NodeOperationError } = require('n8n-workflow');
const { Readable } = require('node:stream');
const { setTimeout: sleep } = require('node:timers/promises');

function* brokenStream() {
	yield Buffer.alloc(100_000, 'a');
	throw new Error('cut in the middle');
}

const actions = {
	async describe(index) {
		const credential = await this.getCredentials('fixtureApi', index);
		return { json: { text: this.getNodeParameter('text', index), credential: Object.keys(credential).sort() } };
	},
	async store(index) {
		const stream = Readable.from(
			this.getNodeParameter('text', index) === 'broken' ? brokenStream() : [Buffer.from('one '), Buffer.from('two')],
		);
		const file = await this.helpers.prepareBinaryData(stream, 'file.txt', 'text/plain');
		return { json: {}, binary: { data: file } };
	},
	async wait() {
		await sleep(60_000, undefined, { signal: this.getExecutionCancelSignal() });
		return { json: { waited: true } };
	},
	async apiError(index) {
		const cause = Object.assign(new Error('the server said no'), { secretHeader: 'in-a-field-of-the-cause' });
		throw new NodeApiError(this.getNode(), cause, {
			message: this.getNodeParameter('text', index),
			description: 'what to do',
			httpCode: '403',
			itemIndex: index,
		});
	},
	async nativeError() {
		await require('node:fs/promises')
			.readFile('/does/not/exist')
			.catch((error) => {
				throw new NodeApiError(this.getNode(), error, { message: 'no such thing', httpCode: '404' });
			});
		return { json: {} };
	},
	async jsonError(index) {
		return { json: { error: this.getNodeParameter('text', index) } };
	},
	async jsonErrorWithMore(index) {
		return { json: { error: this.getNodeParameter('text', index), requestId: 'r1' } };
	},
	async itemError(index) {
		const error = new NodeOperationError(this.getNode(), this.getNodeParameter('text', index), { itemIndex: index });
		return { json: { requestId: 'r1' }, error };
	},
	async hint() {
		this.logger.info('a line of the node');
		this.addExecutionHints({ message: 'look here', type: 'warning' });
		return { json: {} };
	},
};

exports.Probe = class Probe {
	description = {
		displayName: 'Probe',
		name: 'probe',
		group: ['transform'],
		version: 1,
		description: 'Does what a test asks for',
		defaults: { name: 'Probe' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'fixtureApi', testedBy: 'fixtureTest' }],
		properties: [
			{ displayName: 'Action', name: 'action', type: 'string', default: 'describe' },
			{ displayName: 'Text', name: 'text', type: 'string', default: '' },
		],
	};

	methods = {
		credentialTest: {
			async fixtureTest({ data }) {
				this.logger.info('testing');
				return data.secret === 'right'
					? { status: 'OK', message: `Connected to ${data.environment}` }
					: { status: 'Error', message: 'Wrong secret' };
			},
		},
	};

	async execute() {
		const output = [];
		for (let index = 0; index < this.getInputData().length; index++) {
			const action = actions[this.getNodeParameter('action', index)];
			output.push({ ...(await action.call(this, index)), pairedItem: { item: index } });
		}
		return [output];
	}
};
