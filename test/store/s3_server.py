"""A real S3 API on the loopback (moto) which checks signatures and permissions as IAM does.

One request at a time, so that a conditional write is as atomic as S3's own. Prints one JSON line when it is ready:
{"endpoint": ..., "accessKeyId": ..., "secretAccessKey": ...}. Serves until it is ended by a signal.
"""

import json
import os
import threading

# creating the user, its policy and its key come before there is anybody who could sign
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
# short pages of lists, so that a second one does not take a thousand objects
os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "50"

import boto3  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, app, threaded=False)
serving = threading.Thread(target=server.serve_forever, daemon=True)
serving.start()
endpoint = f"http://127.0.0.1:{server.port}"

iam = boto3.client(
    "iam",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="nobody",
    aws_secret_access_key="nobody",
)
iam.create_user(UserName="ci")
everything = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
iam.put_user_policy(UserName="ci", PolicyName="s3", PolicyDocument=json.dumps(everything))
key = iam.create_access_key(UserName="ci")["AccessKey"]
print(
    json.dumps(
        {"endpoint": endpoint, "accessKeyId": key["AccessKeyId"], "secretAccessKey": key["SecretAccessKey"]}
    ),
    flush=True,
)
serving.join()
