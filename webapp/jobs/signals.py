"""What other apps may hear of a job. Both are sent inside the transaction that changes the row, with `job=`.

job_finished   the job became succeeded, failed or cancelled, by its worker, by a person or by the watchdog
job_restarted  a failed or cancelled job was put back into the queue by a person
"""

from django.dispatch import Signal

job_finished = Signal()
job_restarted = Signal()
