import * as n8n from 'n8n-workflow';
import type { INodeParameters, IWebhookDescription, NodeParameterValueType } from 'n8n-workflow';

/** Last part of the URL if the analyst gives no path. */
const DEFAULT_PATH = 'roche-notification';

/** A field of the description, as an expression and as a function of the node's parameters with the same result. */
interface Field {
	template: string;
	resolve: (parameters: INodeParameters) => NodeParameterValueType | undefined;
}

const FIELDS = {
	path: {
		template: `={{ $parameter["options"]["path"] || "${DEFAULT_PATH}" }}`,
		resolve: (parameters) => ownPath(parameters) || DEFAULT_PATH,
	},
	// If the analyst gives no path, n8n puts the node's random webhook ID in front.
	isFullPath: {
		template: '={{ !!$parameter["options"]["path"] }}',
		resolve: (parameters) => Boolean(ownPath(parameters)),
	},
	responseData: {
		template: '={{ ({ status: "accepted" }) }}',
		resolve: () => ({ status: 'accepted' }),
	},
} satisfies Record<string, Field>;

function ownPath({ options }: INodeParameters): string | undefined {
	return (options as { path?: string } | undefined)?.path;
}

/**
 * Returns the description of the webhook. If n8n can (2.40), it takes the fields from the functions, and a request costs no run of the
 * expression engine; n8n 1.123 evaluates the expressions.
 */
export function webhookDescription(): IWebhookDescription {
	// n8n's type allows expressions in the other fields only.
	const fields = declared() as Record<'path' | 'isFullPath' | 'responseData', string> & { isFullPath: never };
	return { name: 'default', httpMethod: 'POST', responseMode: 'onReceived', ...fields };
}

function declared(): Record<keyof typeof FIELDS, string> {
	const { webhookDescriptionFields } = n8n as Partial<typeof n8n>;
	if (webhookDescriptionFields) return webhookDescriptionFields(FIELDS);
	const { path, isFullPath, responseData } = FIELDS;
	return { path: path.template, isFullPath: isFullPath.template, responseData: responseData.template };
}
