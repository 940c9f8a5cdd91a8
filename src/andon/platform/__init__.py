"""What every wing uses: policies, accounts, events, notices, documents."""
