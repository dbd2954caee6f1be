# SPDX-License-Identifier: Apache-2.0
"""Everything that knows DBOS: its workflows are registered when this is imported."""

from __future__ import annotations

from typing import Any, Protocol

from dbos import DBOS, SetWorkflowID


class Running(Protocol):
    """The steps a workflow is made of; each may run again after a crash."""

    def step_issue(self, batch_id: str) -> int:
        """Issue the next rows and give how many; 0: none left, or none can be issued now."""

    def step_finish(self, batch_id: str) -> None:
        """Close the batch if every row is issued."""

    def step_deliver(self) -> int:
        """Send waiting mails and give how many; 0: none is due, or nobody takes any."""

    def step_lengthen(self) -> int:
        """Raise and extend some documents and give how many were looked at; 0: none is due."""


RUNNING: list[Running] = []
"""The one that runs in this process; DBOS is one to a process as well."""

_QUEUE = "batches"
_CHECKS = "checks"
_OVER = {"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"}


def launch(url: str, *, worker: str) -> None:
    """Start DBOS. The names stay the same over every start and version: so it finds what was under way."""
    DBOS(
        config={
            "name": "gakusho",
            "system_database_url": url,
            "dbos_system_schema": "dbos",
            "application_version": "1",  # of the workflows below; theirs alone, not the product's
            "executor_id": worker,
            "log_level": "ERROR",
            "enable_otlp": False,
            "use_listen_notify": False,
            "sys_db_pool_size": 4,
            "max_executor_threads": 8,
        }
    )
    DBOS.launch()
    # from a queue any worker may take a batch, and one left by a dead process starts within half a second
    DBOS.register_queue(_QUEUE, worker_concurrency=2, polling_interval_sec=0.5, on_conflict="always_update")
    # a large upload is held in memory while it is looked at, and must not wait for a batch that takes an hour
    DBOS.register_queue(_CHECKS, worker_concurrency=1, polling_interval_sec=0.5, on_conflict="always_update")


def shut_down() -> None:
    """Stop DBOS and wait for the steps under way."""
    DBOS.destroy(workflow_completion_timeout_sec=30)


def start_once(name: str, batch_id: str, *, again: bool, check: bool = False) -> None:
    """Start issuing a batch under a workflow name; one that is under way is left to itself.

    ``check``: it is not to be issued, but its upload to be dry-run.

    ``again`` starts one more although another seems under way: its process may be gone. Whatever they do
    together, the tables let every row count once.
    """
    attempt, workflow_id = 1, name
    while (status := DBOS.get_workflow_status(workflow_id)) is not None:
        if status.status not in _OVER and not again:
            return
        attempt += 1
        workflow_id = f"{name}:{attempt}"
    with SetWorkflowID(workflow_id):
        DBOS.enqueue_workflow(_CHECKS if check else _QUEUE, issue_batch, batch_id)


def start_delivery(workflow_id: str) -> Any:
    """Start sending waiting mails, and give the handle."""
    with SetWorkflowID(workflow_id):
        return DBOS.start_workflow(deliver_mails)


def start_lengthening(workflow_id: str) -> Any:
    """Start raising and extending documents, and give the handle."""
    with SetWorkflowID(workflow_id):
        return DBOS.start_workflow(lengthen_documents)


def is_over(handle: Any) -> bool:
    """Tell whether a workflow came to its end."""
    return handle.get_status().status in _OVER


@DBOS.workflow(name="issue_batch", max_recovery_attempts=None)
def issue_batch(batch_id: str) -> None:
    """Dry-run the upload of a batch, or issue it, chunk by chunk, then send the mails it wrote."""
    while issue_chunk(batch_id):
        pass
    finish(batch_id)
    while deliver():
        pass


@DBOS.workflow(name="deliver_mails", max_recovery_attempts=None)
def deliver_mails() -> None:
    """Send waiting mails until none is due."""
    while deliver():
        pass


@DBOS.workflow(name="lengthen_documents", max_recovery_attempts=None)
def lengthen_documents() -> None:
    """Raise and extend documents until none is due."""
    while lengthen():
        pass


@DBOS.step(name="issue_chunk")
def issue_chunk(batch_id: str) -> int:
    """Issue the next rows in their own transactions."""
    return RUNNING[0].step_issue(batch_id)


@DBOS.step(name="finish")
def finish(batch_id: str) -> None:
    """Close the batch."""
    RUNNING[0].step_finish(batch_id)


@DBOS.step(name="deliver")
def deliver() -> int:
    """Send some mails."""
    return RUNNING[0].step_deliver()


@DBOS.step(name="lengthen")
def lengthen() -> int:
    """Raise and extend some documents, each in a transaction of its own."""
    return RUNNING[0].step_lengthen()
