"""A small OpenAI-compatible server on Transformers for one model folder: the demo's stand-in for vLLM on a machine without a GPU.

Serves /v1/models, /v1/chat/completions (whole and streaming) and /health. `--slow-ms` and `--fail-over` give it the faults
that only real users find: a slow answer, and answers that fail once several requests are under way.
"""

import argparse
import json
import os
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True, help="folder of the model")
parser.add_argument("--adapter", help="folder of a LoRA adapter for it")
parser.add_argument("--name", required=True, help="the name it is served under; it carries the version")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--slow-ms", type=float, default=0, help="added to every answer")
parser.add_argument("--fail-over", type=int, default=0, help="answer 500 while more requests than this are under way")
args = parser.parse_args()

import torch  # noqa: E402  (after the environment is set)
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

torch.set_num_threads(1)
tokenizer = AutoTokenizer.from_pretrained(args.model, local_files_only=True, padding_side="left")
model = AutoModelForCausalLM.from_pretrained(args.model, local_files_only=True, use_safetensors=True)
if args.adapter:
    from peft import PeftModel

    model = PeftModel.from_pretrained(model, args.adapter).merge_and_unload()
model.eval()

under_way = 0
count = threading.Lock()
waiting: queue.Queue = queue.Queue()


class Request:
    """One question on its way to the model; `answered` is set when `text` is there."""

    def __init__(self, prompt: str, limit: int):
        self.prompt, self.limit = prompt, limit
        self.answered = threading.Event()
        self.text, self.asked, self.given = "", 0, 0


def generate_forever():
    """Answers all that wait in one pass of the model: the more users come, the larger the batch."""
    while True:
        batch = [waiting.get()]
        while len(batch) < 16 and not waiting.empty():
            batch.append(waiting.get())
        ids = tokenizer([r.prompt for r in batch], return_tensors="pt", padding=True, truncation=True, max_length=256)
        with torch.inference_mode():
            out = model.generate(**ids, max_new_tokens=max(r.limit for r in batch), do_sample=False)
        for request, row, mask in zip(batch, out, ids.attention_mask):
            answer = [t for t in row[ids.input_ids.shape[1] :].tolist() if t != tokenizer.pad_token_id][: request.limit]
            request.asked, request.given = int(mask.sum()), len(answer)
            request.text = tokenizer.decode(answer, skip_special_tokens=True).strip() or "."
            request.answered.set()


def complete(messages: list, limit: int) -> Request:
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    request = Request(prompt, max(1, min(limit, 24)))
    waiting.put(request)
    request.answered.wait()
    return request


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status: int, body: dict):
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("x-version", args.name)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/v1/models":
            self.send(200, {"object": "list", "data": [{"id": args.name, "object": "model", "owned_by": "demo"}]})
        elif self.path == "/health":
            self.send(200, {"status": "ok"})
        else:
            self.send(404, {"error": {"message": f"no such path: {self.path}"}})

    def do_POST(self):
        global under_way
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/v1/chat/completions":
            return self.send(404, {"error": {"message": f"no such path: {self.path}"}})
        try:
            request = json.loads(body)
            messages = request["messages"]
        except (ValueError, KeyError, TypeError):
            return self.send(400, {"error": {"message": "the body is not a chat request with messages"}})
        if request.get("model") not in (None, args.name):
            return self.send(404, {"error": {"message": f"this server serves {args.name}, not {request.get('model')}"}})
        with count:
            under_way += 1
            crowded = args.fail_over and under_way > args.fail_over
        try:
            if args.slow_ms:
                time.sleep(args.slow_ms / 1000)
            if crowded:
                return self.send(500, {"error": {"message": "out of memory"}})
            done = complete(messages, int(request.get("max_tokens") or 24))
            text = done.text
            usage = {
                "prompt_tokens": done.asked,
                "completion_tokens": done.given,
                "total_tokens": done.asked + done.given,
            }
            head = {"id": f"chatcmpl-{time.time_ns():x}", "created": int(time.time()), "model": args.name}
            if request.get("stream"):
                self.stream(head, text, usage)
            else:
                choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
                self.send(200, {**head, "object": "chat.completion", "choices": [choice], "usage": usage})
        finally:
            with count:
                under_way -= 1

    def stream(self, head: dict, text: str, usage: dict):
        self.send_response(200)
        self.send_header("x-version", args.name)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

        def chunk(data: str):
            raw = f"data: {data}\n\n".encode()
            self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")

        for part in text.split(" "):
            delta = {"index": 0, "delta": {"content": part + " "}, "finish_reason": None}
            chunk(json.dumps({**head, "object": "chat.completion.chunk", "choices": [delta]}, ensure_ascii=False))
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        chunk(json.dumps({**head, "object": "chat.completion.chunk", "choices": [end], "usage": usage}))
        chunk("[DONE]")
        self.wfile.write(b"0\r\n\r\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


threading.Thread(target=generate_forever, daemon=True).start()
print(f"serving {args.name} on 127.0.0.1:{args.port}", flush=True)
Server(("127.0.0.1", args.port), Handler).serve_forever()
