"""Joining and leaving: qualification, standing, enrolment, exits, moves."""
