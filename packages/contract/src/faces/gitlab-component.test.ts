import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { defineAction, text } from '../index.ts';
import { gitlabComponent } from './gitlab-component.ts';

const action = (input: string) =>
  defineAction({
    name: 'an-action',
    title: 'an action',
    description: 'It acts.',
    inputs: { [input]: { type: text, description: 'A text.' } },
    outputs: {},
  });

test("an input called image is the action's; the image of the job has a name of its own", () => {
  const [, job] = parseAllDocuments(gitlabComponent(action('image'), { stage: 'test' }));
  expect(job?.toJS()['$[[ inputs.job-name ]]']).toMatchObject({
    image: '$[[ inputs.job-image ]]',
    variables: { SLUICE_INPUT_IMAGE: '$[[ inputs.image ]]' },
  });
});

test('an input that the component itself has is refused: one of the two would be lost', () => {
  expect(() => gitlabComponent(action('stage'), { stage: 'test' })).toThrow(/'stage'/);
});
