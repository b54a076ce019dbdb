import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { fetchFile } from '../shared/access-point/fetch-file';
import { connect, rochePartnersServicesApiTest } from '../shared/node-support/credential';
import { tokenSource } from '../shared/node-support/token-source';
import { mapItems } from '../shared/node-support/map-items';
import { withoutSecrets } from '../shared/node-support/item-fields';
import { once } from '../shared/wire/once';
import { itemParameter, optionalText } from '../shared/node-support/parameters';
import { paceOf, requestLimits } from '../shared/node-support/call-options';
import { notificationText } from '../shared/notification/fields';
import { searchAccessPoints } from './access-point-list';
import { contentTaker } from './content';
import { HINTS, maxBytes, PROPERTIES, type S3FetchOptions } from './properties';
import { fileSource } from './source';

/** Roche S3 Fetch: reads a file that a notification announces, from its S3 access point or by its pre-signed URL. */
export class RocheS3Fetch implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche S3 Fetch',
		name: 'rocheS3Fetch',
		icon: { light: 'file:../icons/s3-fetch.svg', dark: 'file:../icons/s3-fetch.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle: '={{ $parameter["source"] + " to " + $parameter["output"] }}',
		description: 'Downloads a file that Roche has made available, from an S3 access point or by a pre-signed URL',
		defaults: { name: 'Roche S3 Fetch' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		sensitiveOutputFields: ['MessageReceiptHandle'],
		usableAsTool: undefined,
		credentials: [
			{
				name: 'rochePartnersServicesApi',
				required: true,
				testedBy: 'rochePartnersServicesApiTest',
				displayOptions: { show: { source: ['notification', 'object'] } },
			},
		],
		hints: HINTS,
		builderHint: {
			searchHint:
				'Put it behind Roche Notification Trigger; it gets a token by itself. Keep the output "Binary", and deliver the file in the next step, before Roche Notification ACK.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-roche-partners-services.rocheNotificationTrigger',
					relationHint: 'Starts the workflow with the notification of the file',
				},
				{
					nodeType: 'n8n-nodes-roche-partners-services.rocheNotificationAck',
					relationHint: 'Acknowledges the message after the file has been delivered',
				},
			],
		},
		properties: PROPERTIES,
	};

	methods = { credentialTest: { rochePartnersServicesApiTest }, listSearch: { searchAccessPoints } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = await mapItems(this, () => {
			const connection = once(() => connect(this));
			const options = itemParameter(this, 'options');
			const source = fileSource(this);
			const takeContent = contentTaker(this);
			const signal = this.getExecutionCancelSignal();
			const pace = paceOf((options(0) as S3FetchOptions).concurrency);

			return {
				pace,
				work: async (item, index) => {
					const settings = options(index) as S3FetchOptions;
					const limits = requestLimits(settings, signal);
					const { content, ...file } = await fetchFile({
						...limits,
						pace,
						source: source(item, index, settings),
						tokens: tokenSource(item.json, connection, { ...limits, orgId: optionalText(settings.orgId) }),
						restrictToGranted: settings.restrictToGrantedAccessPoints ?? true,
						maxBytes: maxBytes(settings),
						consume: takeContent(item, index),
					});
					const messageType = notificationText(item.json, 'MessageType');
					const { awsResources: _granted, ...fields } = withoutSecrets(item.json);
					return [content].flat().map(({ json, binary }) => ({
						json: { ...fields, file: { ...file, messageType }, ...json },
						binary: binary ? { ...item.binary, ...binary } : item.binary,
					}));
				},
			};
		});
		return [items];
	}
}
