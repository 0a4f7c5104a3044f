"""What holds for all tests: the same examples every time, no judging by speed, and nobody's progress is touched."""

import os

import hypothesis

os.environ["KUBELAB_PROGRESS"] = ""
hypothesis.settings.register_profile("kubelab", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("kubelab")
