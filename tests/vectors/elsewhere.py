"""The rules that no file can trip, why, and the test that trips each instead."""

from __future__ import annotations

NODE = "a node's answer"
STICK = "a stick, and what the machine does with it"
PERSON = "what people do at the station"

MACHINE = "it takes another machine, and no file"

ELSEWHERE: dict[str, tuple[str, str, str]] = {
    "PSBT-ROUNDTRIP": (
        "the reader lets no second spelling in, so that this holds twice",
        "tests/unit/core/psbt/test_reader.py",
        "test_roundtrip_sees_a_transaction_that_is_not_the_raw_one",
    ),
    "RECOVER": (
        "the register is in people's hands",
        "tests/unit/core/session/test_backups.py",
        "test_another_fingerprint_than_the_registers_is_refused",
    ),
    "DRILL": (
        "sheets of paper, after a restart",
        "tests/unit/core/session/test_backups.py",
        "test_words_of_another_seed_do_not_pass_a_drill",
    ),
    "VAULT-SHARES": (
        "shares of another key",
        "tests/unit/core/session/test_custodians.py",
        "test_shares_of_another_key_do_not_open_it",
    ),
    "TRUST-WORDS": (
        "words are typed by people",
        "tests/integration/test_trust_change.py",
        "test_words_of_another_change_stop_with_trust_words",
    ),
    "WALLET-COSIGNER": (
        "words are typed by people",
        "tests/unit/core/session/test_lifecycle.py",
        "test_an_exchanged_cosigner_key_stops_with_wallet_cosigner",
    ),
    "ONE-KEY": (
        "two vaults in one boot",
        "tests/unit/core/session/test_custodians.py",
        "test_two_keys_of_one_wallet_are_refused_in_one_boot",
    ),
    "REHEARSAL": (
        "the machine was booted for one or for the other",
        "tests/unit/core/session/test_rehearsal.py",
        "test_a_vault_of_one_kind_is_not_opened_in_the_other",
    ),
    "VIRTUAL-MACHINE": (
        "what the kernel tells of the machine",
        "tests/unit/core/session/test_vaults.py",
        "test_no_keys_of_real_money_are_made_in_a_virtual_machine",
    ),
    "ROLL-CALL": (
        PERSON,
        "tests/unit/core/session/test_frame.py",
        "test_a_roll_call_takes_each_person_once_and_one_operator",
    ),
    "SEED-BACKUP": (
        PERSON,
        "tests/unit/core/session/test_vaults.py",
        "test_the_machine_commits_before_the_first_die_and_the_backup_is_proven",
    ),
    "SESSION-CANCELLED": (
        PERSON,
        "tests/unit/core/session/test_vaults.py",
        "test_leaving_at_any_step_writes_nothing",
    ),
    "MACHINE-NETWORK": (
        MACHINE,
        "tests/unit/core/machine/test_check.py",
        "test_another_machine_is_refused",
    ),
    "MACHINE-DISK": (
        MACHINE,
        "tests/unit/core/machine/test_check.py",
        "test_another_machine_is_refused",
    ),
    "MACHINE-KERNEL": (
        MACHINE,
        "tests/unit/core/machine/test_check.py",
        "test_another_machine_is_refused",
    ),
    "SELF-TEST": (
        MACHINE,
        "tests/unit/core/machine/test_selftest.py",
        "test_a_wrong_answer_and_a_rule_that_does_not_stop_are_named",
    ),
    "USB-DEVICE": (
        MACHINE,
        "tests/unit/station/usb/test_policy.py",
        "test_no_step_can_be_left_out",
    ),
    "MEDIA-READ": (
        STICK,
        "tests/integration/test_media_service.py",
        "test_caps_links_and_odd_names_are_refused",
    ),
    "MEDIA-SIZE": (
        STICK,
        "tests/integration/test_media_service.py",
        "test_caps_links_and_odd_names_are_refused",
    ),
    "MEDIA-WRITE": (
        STICK,
        "tests/integration/test_media_service.py",
        "test_a_write_protected_stick_says_so",
    ),
    "MEDIA-FULL": (
        STICK,
        "tests/integration/test_media_service.py",
        "test_a_full_stick_keeps_what_was_there",
    ),
    "MEDIA-GONE": (
        STICK,
        "tests/integration/test_media_service.py",
        "test_plugging_and_pulling_is_pushed",
    ),
    "MEDIA-FILESYSTEM": (
        STICK,
        "tests/integration/test_media_service.py",
        "test_a_broken_file_system_leaves_the_service_running",
    ),
    "SIGNER-GONE": (
        "a process that is killed",
        "tests/integration/test_signer_service.py",
        "test_a_signer_that_dies_is_named_and_another_takes_its_place",
    ),
    "OPENPGP": (
        "a program that is missing",
        "tests/integration/test_gnupg.py",
        "test_a_missing_program_is_a_fault",
    ),
    "PROGRAM": (
        "an error that nobody foresaw",
        "tests/unit/station/test_driver.py",
        "test_an_unforeseen_error_is_shown_by_type_and_ends_the_session",
    ),
    "PAPER": (
        "a program that is not installed",
        "tests/unit/online/test_online_paper.py",
        "test_without_fpdf2_a_pdf_says_what_to_install",
    ),
    "NODE-RPC": (
        NODE,
        "tests/integration/test_online_rpc.py",
        "test_an_answer_that_is_none_is_a_fault",
    ),
    "NODE-CHAIN": (
        NODE,
        "tests/integration/test_online_chain_guard.py",
        "test_a_forked_node_on_mainnet_is_refused",
    ),
    "NODE-REJECT": (
        NODE,
        "tests/integration/test_online_flow.py",
        "test_a_dry_run_sends_nothing_and_a_spent_coin_is_named_by_the_node",
    ),
    "REQUEST-STATE": (
        "the stage of a request in the companion's folder",
        "tests/unit/online/test_online_records.py",
        "test_a_record_that_was_changed_is_refused",
    ),
    "FUNDS": (
        NODE,
        "tests/integration/test_online_flow.py",
        "test_coins_of_an_open_request_are_set_aside_until_it_is_cancelled",
    ),
    "LABELS": (
        "the companion's own files",
        "tests/unit/online/test_online_labels.py",
        "test_a_line_that_is_no_label_is_named",
    ),
    "BOOK-ENTRY": (
        "the companion's own files",
        "tests/unit/online/test_online_address_book.py",
        "test_a_name_that_is_not_there_is_an_error",
    ),
    "ADDRESS-ALIKE": (
        "advice of the companion",
        "tests/unit/online/test_online_advice.py",
        "test_a_recipient_that_only_looks_known_is_pointed_out",
    ),
    "PRIVACY-REUSE": (
        "advice of the companion",
        "tests/unit/online/test_online_advice.py",
        "test_addresses_that_are_used_again_are_pointed_out",
    ),
    "PRIVACY-LABELS": (
        "advice of the companion",
        "tests/unit/online/test_online_advice.py",
        "test_coins_of_two_labels_are_pointed_out",
    ),
    "PRIVACY-DUST": (
        "advice of the companion",
        "tests/unit/online/test_online_advice.py",
        "test_dust_beside_other_coins_is_pointed_out",
    ),
    "AUDIT-LOG": (
        "the companion's own files",
        "tests/unit/online/test_online_journal.py",
        "test_an_event_that_was_changed_or_left_out_is_noticed",
    ),
    "APPROVERS": (
        "the companion's own files",
        "tests/unit/online/test_online_approvers.py",
        "test_a_list_that_can_not_be_met_is_refused",
    ),
    "MEDIA-FIXED": (
        STICK,
        "tests/unit/online/test_online_disks.py",
        "test_what_is_no_free_stick_is_never_overwritten",
    ),
    "CONFIG": (
        "the companion's own files",
        "tests/unit/online/test_online_config.py",
        "test_a_key_that_means_nothing_is_an_error",
    ),
    "NODE-DIFFER": (
        NODE,
        "tests/integration/test_online_servers.py",
        "test_two_sources_that_differ_stop_a_request",
    ),
}
