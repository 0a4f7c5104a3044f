"""What holds for all tests: hypothesis tries the same examples every time, and no test is judged by its speed."""

import hypothesis

hypothesis.settings.register_profile("kubelab", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("kubelab")
