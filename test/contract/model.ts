/** A model folder as the actions accept one, of a few bytes: a configuration and one tensor of safetensors. */
export function tinyModelFiles(): Record<string, string | Uint8Array> {
  const header = Buffer.from(JSON.stringify({ weight: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return {
    'config.json': JSON.stringify({ model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'] }),
    'tokenizer.json': '{}',
    'model.safetensors': Buffer.concat([length, header, Buffer.alloc(8)]),
  };
}
